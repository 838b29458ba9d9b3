package dev.holdfast.connectors.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A socket in the file system with the face of a network socket, for code that knows only that. Reading honours
 * {@link #setSoTimeout}; {@link #close} from another thread ends whatever waits. Options that only a network has are accepted
 * and mean nothing. One thread may read while another writes.
 */
final class UnixSocket extends Socket {
    private final UnixDomainSocketAddress address;
    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private volatile int timeoutMillis;
    private volatile boolean connected;
    private volatile boolean closed;

    UnixSocket(UnixDomainSocketAddress address) throws IOException {
        this.address = address;
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        this.readable = Selector.open();
        this.writable = Selector.open();
    }

    /** Connects to the file; the address is the driver's and means nothing. A local connect does not take long. */
    @Override
    public void connect(SocketAddress ignored, int timeout) throws IOException {
        if (!Files.exists(address.getPath())) {
            throw new NoSuchFileException(address.getPath().toString());
        }
        channel.connect(address);
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
        connected = true;
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            int timeout = timeoutMillis;
            long deadline = System.nanoTime() + timeout * 1_000_000L;
            try {
                int read = channel.read(buffer);
                while (read == 0) {
                    await(readable, timeout, deadline);
                    read = channel.read(buffer);
                }
                return read;
            } catch (ClosedChannelException | ClosedSelectorException e) {
                throw closedMeanwhile(e);
            }
        }

        @Override
        public void close() throws IOException {
            UnixSocket.this.close();
        }
    }

    private static void await(Selector selector, int timeout, long deadline) throws IOException {
        long left = timeout == 0 ? 0 : Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        if (timeout > 0 && System.nanoTime() >= deadline) {
            throw new SocketTimeoutException("no answer within " + timeout + " ms");
        }
        selector.select(left);
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new SocketException("interrupted");
        }
    }

    private static SocketException closedMeanwhile(Exception cause) {
        SocketException closed = new SocketException("socket closed");
        closed.initCause(cause);
        return closed;
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            try {
                while (buffer.hasRemaining()) {
                    if (channel.write(buffer) == 0) {
                        await(writable, 0, 0);
                    }
                }
            } catch (ClosedChannelException | ClosedSelectorException e) {
                throw closedMeanwhile(e);
            }
        }

        @Override
        public void close() throws IOException {
            UnixSocket.this.close();
        }
    }

    @Override
    public InputStream getInputStream() {
        return new Input();
    }

    @Override
    public OutputStream getOutputStream() {
        return new Output();
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
        readable.close();
        writable.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isBound() {
        return connected;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return connected ? address : null;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return null;
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // there are no segments that wait
    }

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {
        // the kernel tells at once when the other side ends
    }

    @Override
    public boolean getKeepAlive() {
        return true;
    }

    @Override
    public void setSendBufferSize(int bytes) throws SocketException {
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
        } catch (IOException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        try {
            return channel.getOption(StandardSocketOptions.SO_SNDBUF);
        } catch (IOException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, bytes);
        } catch (IOException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        try {
            return channel.getOption(StandardSocketOptions.SO_RCVBUF);
        } catch (IOException e) {
            throw closedMeanwhile(e);
        }
    }
}
