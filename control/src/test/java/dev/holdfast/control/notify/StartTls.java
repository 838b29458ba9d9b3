package dev.holdfast.control.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Stands before a mail server that knows no STARTTLS and adds it: before TLS it talks itself, after it the server does. */
final class StartTls implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final SSLContext tls;
    private final int behind;
    private final List<String> inTheClear = Collections.synchronizedList(new ArrayList<>());

    StartTls(SSLContext tls, int behind) throws IOException {
        this.tls = tls;
        this.behind = behind;
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** What a listener on the wire could read. */
    List<String> inTheClear() {
        return List.copyOf(inTheClear);
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                talk(client);
            } catch (IOException e) {
                // the client has gone
            }
        }
    }

    private void talk(Socket client) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        say(client, "220 before");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            inTheClear.add(line);
            if (line.toUpperCase(Locale.ROOT).startsWith("EHLO")) {
                say(client, "250-before");
                say(client, "250 STARTTLS");
            } else if (line.equalsIgnoreCase("STARTTLS")) {
                say(client, "220 go on");
                relay(client);
                return;
            } else {
                say(client, "530 STARTTLS first");
            }
        }
    }

    private void relay(Socket client) throws IOException {
        try (SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), false);
                Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            secure.setUseClientMode(false);
            secure.startHandshake();
            // its greeting was said already
            skipLine(server.getInputStream());
            Thread back = Thread.ofVirtual().start(() -> copy(server, secure));
            copy(secure, server);
            back.interrupt();
        }
    }

    private static void skipLine(InputStream in) throws IOException {
        int b = in.read();
        while (b >= 0 && b != '\n') {
            b = in.read();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            byte[] buffer = new byte[4096];
            OutputStream out = to.getOutputStream();
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // one of them has gone
        }
    }

    private static void say(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
