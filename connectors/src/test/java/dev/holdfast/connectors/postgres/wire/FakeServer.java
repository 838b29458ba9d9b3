package dev.holdfast.connectors.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Listens on the loopback interface and does to each connection what a script says, then hangs up. */
final class FakeServer implements AutoCloseable {
    static final byte[] WELCOME = join(message('R', int32(0)), message('Z', text("I")));

    private final ServerSocket listener;
    private final Script script;

    /** What the server does. */
    interface Script {
        void run(DataInputStream in, OutputStream out) throws IOException;
    }

    FakeServer(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    FakeServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
        Thread.startVirtualThread(this::serve);
    }

    /** Says this after the first message of the client. */
    static FakeServer saying(byte[]... messages) throws IOException {
        return new FakeServer((in, out) -> {
            readFirst(in);
            out.write(join(messages));
        });
    }

    private void serve() {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (IOException e) {
                return; // closed
            }
            talk(socket);
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.run(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
        } catch (IOException e) {
            return; // the client has heard enough
        }
    }

    WireSettings.Builder settings() {
        return WireSettings.to("shop", "maria")
                .host("127.0.0.1")
                .port(listener.getLocalPort())
                .password("geheim")
                .defaultsFolder(null)
                .connectTimeout(Duration.ofSeconds(60))
                .tls(TlsMode.DISABLE);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** The body of a message without a type. */
    static byte[] readFirst(DataInputStream in) throws IOException {
        byte[] body = new byte[in.readInt() - Integer.BYTES];
        in.readFully(body);
        return body;
    }

    /** The type of the next message; its body is skipped. */
    static char skip(DataInputStream in) throws IOException {
        char type = (char) in.readUnsignedByte();
        in.skipNBytes(in.readInt() - Integer.BYTES);
        return type;
    }

    static void sleepForEver() {
        try {
            Thread.sleep(Duration.ofDays(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static byte[] message(char type, byte[]... parts) {
        byte[] body = join(parts);
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) type)
                .putInt(4 + body.length)
                .put(body)
                .array();
    }

    static byte[] header(char type, int length) {
        return ByteBuffer.allocate(5).put((byte) type).putInt(length).array();
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] int16(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] zeroEnded(String text) {
        return text(text + "\0");
    }

    static byte[] error(String severity, String state, String message) {
        return message('E', text("V" + severity + "\0C" + state + "\0M" + message + "\0\0"));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
