package dev.holdfast.control.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A mail server that knows everybody but one. */
final class Choosy implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final String unknown;

    Choosy(String unknown) throws IOException {
        this.unknown = unknown;
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
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
        say(client, "220 choosy");
        boolean content = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (content) {
                content = !line.equals(".");
                if (!content) {
                    say(client, "250 taken");
                }
                continue;
            }
            content = line.equals("DATA");
            say(client, answer(line));
        }
    }

    private String answer(String line) {
        return switch (line.split(" ", 2)[0].toUpperCase(Locale.ROOT)) {
            case "RCPT" -> line.contains(unknown) ? "550 no such user" : "250 yes";
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> "250 yes";
        };
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
