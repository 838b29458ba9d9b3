package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.access.Principal;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.server.auth.WebRequest;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.contract.Operation;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.CallListener;
import dev.holdfast.server.http.Doorkeeper;
import dev.holdfast.server.http.Edge;
import dev.holdfast.server.http.EdgeSettings;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.http.TlsFiles;
import dev.holdfast.server.metrics.MetricsAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    Path folder;

    private TlsFiles files() {
        return new TlsFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    }

    /** Makes a certificate and its key, and lays them down as PEM. */
    private void lay(String name, String algorithm, long written) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        pem(files().certificate(), "CERTIFICATE", keys.getCertificate("server").getEncoded(), written);
        pem(
                files().key(),
                "PRIVATE KEY",
                keys.getKey("server", "changeit".toCharArray()).getEncoded(),
                written);
    }

    private static void pem(Path file, String what, byte[] der, long written) throws IOException {
        String body =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8)).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(written));
    }

    /** The name in the certificate that the server shows, after a call that was answered. */
    private static String shown(int port) throws GeneralSecurityException, IOException {
        try (SSLSocket socket = asked(port)) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200").contains("Strict-Transport-Security: max-age=");
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    /** A connection on which somebody has asked, and wants no chunks and nothing more. */
    private static SSLSocket asked(int port) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Credulous()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    @Test
    void a_download_that_is_cut_says_no_goodbye() throws Exception {
        lay("first", "EC", 1_000);
        Answer.Writing half = out -> {
            out.write(new byte[1 << 20]);
            out.flush();
            throw new Damaged(ErrorCode.DAMAGED, "a pack is damaged", "");
        };
        Route route = Route.get(
                "/health/live", Admission.ANYONE, _ -> new Answer.Download("x", "application/octet-stream", half));
        try (Edge edge = new Edge(
                        List.of(route),
                        Contract.load(),
                        new Nobody(),
                        new Deaf(),
                        EdgeSettings.USUAL.withTls(files()));
                SSLSocket socket = asked(edge.start("127.0.0.1", 0))) {
            assertThatThrownBy(() -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(IOException.class);
        }
    }

    private static final class Nobody implements Doorkeeper {
        @Override
        public Principal admit(WebRequest request) {
            throw new IllegalStateException("nobody comes in here");
        }

        @Override
        public boolean watches(WebRequest request) {
            return false;
        }
    }

    private static final class Deaf implements CallListener {
        @Override
        public void answered(Operation operation, Route route, Call call) {}

        @Override
        public void refused(Operation operation, Route route, Call call, int status) {}
    }

    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() throws Exception {
        lay("first", "EC", 1_000_000);
        try (TestServer server =
                new TestServer(folder, EdgeSettings.USUAL.withTls(files()), new MetricsAccess.ByCredential())) {
            assertThat(shown(server.port)).isEqualTo("CN=first");
            server.server.tend(false);
            assertThat(shown(server.port)).isEqualTo("CN=first");

            lay("second", "RSA", 2_000_000);
            server.server.tend(false);
            assertThat(shown(server.port)).isEqualTo("CN=second");

            Files.writeString(files().certificate(), "nonsense");
            server.server.tend(false);
            assertThat(shown(server.port)).isEqualTo("CN=second");

            lay("third", "EC", 4_000_000);
            server.server.tend(false);
            assertThat(shown(server.port)).isEqualTo("CN=third");
            assertPlainIsNotAnswered(server.port);
        }
    }

    private static void assertPlainIsNotAnswered(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("200");
        }
    }

    @Test
    void a_key_of_another_certificate_is_refused() throws Exception {
        lay("one", "EC", 1_000_000);
        byte[] certificate = Files.readAllBytes(files().certificate());
        lay("two", "EC", 1_000_000);
        Files.write(files().certificate(), certificate);
        assertThatThrownBy(() ->
                        new TestServer(folder, EdgeSettings.USUAL.withTls(files()), new MetricsAccess.ByCredential()))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("another certificate");
    }
}
