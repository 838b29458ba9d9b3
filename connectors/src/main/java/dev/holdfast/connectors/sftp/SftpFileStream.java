package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileHandle;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A file of a server, read from its first byte to its last, a block at a time. For one thread. */
final class SftpFileStream extends InputStream {
    private static final int BLOCK_BYTES = 1 << 20;

    private final SftpServer server;
    private final SftpChannel channel;
    private final String path;
    private final FileHandle file;
    private final long length;
    private byte[] block = new byte[0];
    private int at;
    private long fetched;
    private boolean closed;

    SftpFileStream(SftpServer server, SftpChannel channel, String path) throws IOException {
        this.server = server;
        this.channel = channel;
        this.path = path;
        this.file = channel.read(path);
        this.length = channel.size(file);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) {
        Objects.checkFromIndexSize(offset, wanted, bytes.length);
        if (wanted == 0) {
            return 0;
        }
        if (at == block.length && !fetch()) {
            return -1;
        }
        int some = Math.min(wanted, block.length - at);
        System.arraycopy(block, at, bytes, offset, some);
        at += some;
        return some;
    }

    private boolean fetch() {
        if (fetched == length) {
            return false;
        }
        byte[] next = new byte[(int) Math.min(BLOCK_BYTES, length - fetched)];
        try {
            if (new Download(channel, file).read(fetched, next) < next.length) {
                throw new Unavailable(
                        ErrorCode.STORE_UNAVAILABLE,
                        "'" + path + "' became shorter while it was read",
                        "see what else writes there.");
            }
        } catch (IOException e) {
            throw server.failure("cannot read '" + path + "'", 0, channel, e);
        }
        block = next;
        at = 0;
        fetched += next.length;
        return true;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (channel.isOpen()) {
                channel.close(file);
            }
        } catch (IOException e) {
            return; // everything that was asked for was read
        }
    }
}
