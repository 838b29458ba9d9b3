package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.ExtentCursor;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The bytes of a content from some place on, a few chunks fetched and opened ahead. For one thread. */
final class ContentStream extends InputStream {
    private static final int AHEAD_CHUNKS = 6;
    private static final int AHEAD_BYTES = 8 << 20;

    private final ChunkReader reader;
    private final ExecutorService fetchers;
    private final Semaphore shares;
    private final ExtentCursor extents;
    private final Deque<Ahead> ahead = new ArrayDeque<>();
    private final long total;
    private long toSkip;
    private long delivered;
    private int aheadBytes;
    private byte[] current = new byte[0];
    private int at;
    private int end;
    private boolean exhausted;

    /**
     * A chunk that is being fetched.
     *
     * @param shared whether it takes a share of what all streams together may fetch ahead
     */
    private record Ahead(Extent extent, Future<byte[]> chunk, boolean shared) {}

    /**
     * @param shares how many chunks all streams together may fetch ahead of the one that each needs next
     * @param from the first byte to deliver
     */
    ContentStream(ChunkReader reader, ExecutorService fetchers, Semaphore shares, Content content, long from) {
        Objects.checkIndex(from, content.bytes() + 1);
        this.reader = reader;
        this.fetchers = fetchers;
        this.shares = shares;
        this.extents = new ExtentCursor(reader, content);
        this.total = content.bytes();
        this.toSkip = from;
        this.delivered = from;
    }

    @Override
    public int read() {
        return advance() ? current[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(current, at, target, offset, count);
        at += count;
        return count;
    }

    private boolean advance() {
        while (at == end) {
            fetchAhead();
            Ahead next = ahead.pollFirst();
            if (next == null) {
                if (delivered != total) {
                    throw new Damaged(
                            ErrorCode.DAMAGED, "a content has " + delivered + " bytes instead of " + total, "");
                }
                return false;
            }
            giveBack(next);
            take(next.extent, await(next.chunk));
        }
        return true;
    }

    private void take(Extent extent, byte[] chunk) {
        aheadBytes -= extent.length();
        if (extent.offset() + extent.length() > chunk.length) {
            throw new Damaged(ErrorCode.DAMAGED, "chunk " + extent.chunk() + " is shorter than its extent", "");
        }
        current = chunk;
        at = extent.offset();
        end = at + extent.length();
        delivered += extent.length();
    }

    private void fetchAhead() {
        while (!exhausted && ahead.size() < AHEAD_CHUNKS && (ahead.isEmpty() || aheadBytes < AHEAD_BYTES)) {
            boolean shared = !ahead.isEmpty();
            if (shared && !shares.tryAcquire()) {
                return;
            }
            @Nullable Extent next = nextExtent();
            if (next == null) {
                exhausted = true;
                shares.release(shared ? 1 : 0);
                return;
            }
            aheadBytes += next.length();
            ahead.addLast(new Ahead(next, fetchers.submit(() -> reader.read(BlobType.DATA, next.chunk())), shared));
        }
    }

    private @Nullable Extent nextExtent() {
        Extent next = extents.next();
        while (next != null && next.length() <= toSkip) {
            toSkip -= next.length();
            next = extents.next();
        }
        if (next == null || toSkip == 0) {
            return next;
        }
        int cut = (int) toSkip;
        toSkip = 0;
        return new Extent(next.chunk(), next.offset() + cut, next.length() - cut);
    }

    private void giveBack(Ahead taken) {
        shares.release(taken.shared ? 1 : 0);
    }

    private static byte[] await(Future<byte[]> chunk) {
        try {
            return chunk.get();
        } catch (InterruptedException e) {
            throw MemoryBudget.interrupted(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case HoldfastException known -> throw known;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("reading a chunk failed", e.getCause());
            }
        }
    }

    @Override
    public void close() {
        ahead.forEach(next -> {
            next.chunk.cancel(true);
            giveBack(next);
        });
        ahead.clear();
        exhausted = true;
        current = new byte[0];
        at = 0;
        end = 0;
        delivered = total;
    }
}
