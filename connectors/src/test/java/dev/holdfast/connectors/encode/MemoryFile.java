package dev.holdfast.connectors.encode;

import dev.holdfast.engine.source.ExportFile;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** A file in memory that tells what happened to it. */
public class MemoryFile implements ExportFile {
    private final String name;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private volatile boolean open;
    private volatile boolean committed;
    private final AtomicInteger closed = new AtomicInteger();

    public MemoryFile(String name) {
        this.name = name;
    }

    @Override
    public String location() {
        return name;
    }

    @Override
    public void preflight() {
        open = true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        written.write(bytes, offset, length);
    }

    @Override
    public void commit() {
        committed = true;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    public byte[] bytes() {
        return written.toByteArray();
    }

    public boolean isOpen() {
        return open;
    }

    public boolean isCommitted() {
        return committed;
    }

    public int timesClosed() {
        return closed.get();
    }
}
