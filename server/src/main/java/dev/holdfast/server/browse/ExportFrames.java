package dev.holdfast.server.browse;

import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.server.http.Json;
import dev.holdfast.server.view.ExportNewsView;
import dev.holdfast.server.view.ProgressView;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An export that goes out while it is made, with news of it between the bytes of the file: frames of a byte that says what it
 * is (0 the next bytes of the file, 1 a JSON document, 2 eight bytes of position and bytes that replace what was sent for there),
 * four bytes of length (big-endian), and so many bytes. It is never silent for long, so that whoever reads it knows whether
 * somebody still writes. Safe for many threads.
 */
public final class ExportFrames implements RunListener, AutoCloseable {
    public static final String TYPE = "application/vnd.holdfast.export";

    private static final int FILE = 0;
    private static final int NEWS = 1;
    private static final int PATCH = 2;
    private static final int MOST_BYTES = 64 * 1024;

    private final DataOutputStream out;
    private final Duration heartbeat;
    private final byte[] gathered = new byte[MOST_BYTES];
    private int count;
    private @Nullable Counted current;
    private @Nullable ProgressView told;
    private @Nullable IOException broken;
    private boolean closed;

    private ExportFrames(OutputStream out, Duration heartbeat) {
        this.out = new DataOutputStream(out);
        this.heartbeat = heartbeat;
    }

    /**
     * @param out not closed
     * @param heartbeat how long it may be silent
     */
    public static ExportFrames to(OutputStream out, Duration heartbeat) {
        ExportFrames frames = new ExportFrames(out, heartbeat);
        Thread.ofVirtual().name("heartbeat of an export").start(frames::beat);
        return frames;
    }

    /**
     * Where the bytes of the file go.
     *
     * @param changeable whether who reads can change what it has
     */
    public ExportFile file(boolean changeable) {
        return new Framed(changeable);
    }

    /** Tells something after all that was written, at once. */
    public synchronized void tell(ExportNewsView news) {
        sendGathered();
        send(news);
    }

    private void send(ExportNewsView news) {
        send(NEWS, Json.MAPPER.writeValueAsBytes(news));
    }

    @Override
    public synchronized Progress began(Step step) {
        Counted counted = new Counted(step);
        current = counted;
        tellProgress();
        return counted;
    }

    @Override
    public synchronized void ended(Step step) {
        tellProgress();
    }

    @Override
    public void found(Finding finding) {
        // told with the report
    }

    private void tellProgress() {
        ProgressView now = current == null ? null : current.view();
        if (now != null && !now.equals(told)) {
            told = now;
            send(ExportNewsView.of(now));
        }
    }

    private synchronized void take(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int some = Math.min(length - done, MOST_BYTES - count);
            System.arraycopy(bytes, offset + done, gathered, count, some);
            count += some;
            done += some;
            if (count == MOST_BYTES) {
                sendGathered();
            }
        }
    }

    private void sendGathered() {
        if (count == 0) {
            return;
        }
        tellProgress();
        byte[] bytes = new byte[count];
        System.arraycopy(gathered, 0, bytes, 0, count);
        count = 0;
        send(FILE, bytes);
    }

    private synchronized void change(long position, byte[] bytes) {
        sendGathered();
        send(
                PATCH,
                ByteBuffer.allocate(Long.BYTES + bytes.length)
                        .putLong(position)
                        .put(bytes)
                        .array());
    }

    private void send(int kind, byte[] bytes) {
        try {
            if (broken != null) {
                throw broken;
            }
            out.writeByte(kind);
            out.writeInt(bytes.length);
            out.write(bytes);
            if (kind == NEWS) {
                out.flush();
            }
        } catch (IOException e) {
            broken = e;
            throw gone(e);
        }
    }

    private synchronized void beat() {
        try {
            while (!closed && broken == null) {
                wait(heartbeat.toMillis());
                told = null;
                if (!closed) {
                    tellProgress();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Cancelled e) {
            // whoever writes next finds out
        }
    }

    /** Ends the heartbeat. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private static Cancelled gone(IOException e) {
        return new Cancelled(ErrorCode.CANCELLED, "the download was not taken to its end", "", e);
    }

    /** What one step has done. */
    private static final class Counted implements Progress {
        private final Step step;
        private final AtomicLong entries = new AtomicLong();
        private final AtomicLong expectedEntries = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong expectedBytes = new AtomicLong();

        private Counted(Step step) {
            this.step = step;
        }

        @Override
        public void expect(long moreEntries, long moreBytes) {
            expectedEntries.addAndGet(moreEntries);
            expectedBytes.addAndGet(moreBytes);
        }

        @Override
        public void advance(long moreEntries, long moreBytes) {
            entries.addAndGet(moreEntries);
            bytes.addAndGet(moreBytes);
        }

        private ProgressView view() {
            return new ProgressView(
                    step.phase().name().toLowerCase(Locale.ROOT),
                    step.subject(),
                    entries.get(),
                    expectedEntries.get(),
                    bytes.get(),
                    expectedBytes.get());
        }
    }

    /** The file as an exporter sees it. */
    private final class Framed implements ExportFile {
        private final boolean changeable;

        private Framed(boolean changeable) {
            this.changeable = changeable;
        }

        @Override
        public String location() {
            return "a download";
        }

        @Override
        public void preflight() {}

        @Override
        public void write(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            take(bytes, offset, length);
        }

        @Override
        public boolean changeable() {
            return changeable;
        }

        @Override
        public void patch(long position, byte[] bytes) {
            if (!changeable) {
                throw new IllegalStateException("a stream cannot be changed");
            }
            change(position, bytes);
        }

        @Override
        public void commit() {
            // the report says that it is whole
        }

        @Override
        public void close() {
            // the stream goes on: its news come after the file
        }
    }
}
