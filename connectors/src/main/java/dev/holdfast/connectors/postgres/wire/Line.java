package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import dev.holdfast.connectors.postgres.wire.WireSettings.KeepAlive;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A socket that never blocks in a call, and a selector to wait with: so one thread can read while it waits to write, every wait
 * has a limit, and any other thread can end it. For one thread; {@link #abort} for all.
 */
final class Line {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private int readyOperations;
    private volatile boolean aborted;
    private volatile long stallNanos;
    private final Limit limit;
    private boolean connecting = true;

    /** The time there is for connecting. */
    static final class Limit {
        private final Duration length;
        private final long begin = System.nanoTime();

        /**
         * @param length zero for no limit
         */
        Limit(Duration length) {
            this.length = length;
        }

        boolean isSet() {
            return !length.isZero();
        }

        long nanosLeft() {
            return length.toNanos() - (System.nanoTime() - begin);
        }

        WireException passed() {
            return new WireException(Reason.UNREACHABLE, "no answer within " + shown(length));
        }
    }

    private Line(SocketChannel channel, Limit limit) throws IOException {
        this.channel = channel;
        this.limit = limit;
        channel.configureBlocking(false);
        this.selector = Selector.open();
        this.key = channel.register(selector, 0);
    }

    /**
     * Connects.
     *
     * @throws WireException if nobody is there
     */
    static Line connect(SocketAddress address, Limit limit, KeepAlive keepAlive) throws WireException {
        SocketChannel channel = null;
        try {
            channel = address instanceof InetSocketAddress ? tcp(keepAlive) : SocketChannel.open(address);
            Line line = new Line(channel, limit);
            if (address instanceof InetSocketAddress) {
                line.connect(address);
            }
            return line;
        } catch (IOException e) {
            close(channel);
            throw e instanceof WireException known
                    ? known
                    : new WireException(Reason.UNREACHABLE, "cannot connect: " + said(e), e);
        }
    }

    private static SocketChannel tcp(KeepAlive keepAlive) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, keepAlive.on());
        if (keepAlive.on() && channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, keepAlive.idleSeconds());
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, keepAlive.intervalSeconds());
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, keepAlive.probes());
        }
        return channel;
    }

    private void connect(SocketAddress address) throws IOException {
        try {
            if (!channel.connect(address)) {
                do {
                    await(SelectionKey.OP_CONNECT);
                } while (!channel.finishConnect());
            }
        } catch (IOException e) {
            abort();
            throw e;
        }
    }

    /** From now on waiting is limited by the stall timeout alone. */
    void connected() {
        connecting = false;
    }

    /**
     * @param stall how long the server may neither send nor take anything; zero for as long as it takes
     */
    void stallTimeout(Duration stall) {
        stallNanos = stall.toNanos();
    }

    int read(ByteBuffer into) throws WireException {
        try {
            return channel.read(into);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    void write(ByteBuffer from) throws WireException {
        try {
            channel.write(from);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /**
     * Waits until one of the operations can go on.
     *
     * @return those that can
     * @throws WireException if none can in time, or the wait was ended from outside
     */
    int await(int operations) throws WireException {
        long begin = System.nanoTime();
        readyOperations = 0;
        try {
            if (key.interestOps() != operations) {
                key.interestOps(operations);
            }
            while (readyOperations == 0) {
                selector.select(this::note, millisLeft(begin));
                if (aborted) {
                    throw given(null);
                }
                if (Thread.currentThread().isInterrupted()) {
                    abort();
                    throw new WireException(Reason.ABORTED, "interrupted while waiting for the server");
                }
            }
            return readyOperations;
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw given(e);
        } catch (IOException e) {
            throw e instanceof WireException known ? known : lost(e);
        }
    }

    private void note(SelectionKey ready) {
        readyOperations = ready.readyOps();
    }

    /**
     * @return 0 for no limit
     */
    private long millisLeft(long begin) throws WireException {
        long nanos = Long.MAX_VALUE;
        if (connecting && limit.isSet()) {
            nanos = limit.nanosLeft();
            if (nanos <= 0) {
                throw limit.passed();
            }
        }
        long stall = stallNanos;
        if (stall > 0) {
            long left = stall - (System.nanoTime() - begin);
            if (left <= 0) {
                throw new WireException(Reason.SILENT, "the server did nothing for " + shown(Duration.ofNanos(stall)));
            }
            nanos = Math.min(nanos, left);
        }
        return nanos == Long.MAX_VALUE ? 0 : nanos / 1_000_000 + 1;
    }

    private WireException lost(IOException e) {
        return aborted || e instanceof ClosedChannelException
                ? given(e)
                : new WireException(Reason.LOST, "the connection is lost: " + said(e), e);
    }

    private static WireException given(@Nullable Exception cause) {
        return new WireException(Reason.ABORTED, "the connection was closed on our side", cause);
    }

    private static String said(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static String shown(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    boolean isAborted() {
        return aborted;
    }

    /** Closes the socket and wakes whoever waits for it. */
    void abort() {
        aborted = true;
        close(channel);
        close(selector);
    }

    private static void close(@Nullable AutoCloseable resource) {
        if (resource == null) {
            return;
        }
        try {
            resource.close();
        } catch (Exception e) {
            // what cannot be closed is of no use any more either
        }
    }
}
