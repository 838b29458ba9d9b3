package dev.holdfast.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void certify() throws Exception {
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=An authority", "-keyalg", "EC", "-ext", "bc:c");
        keytool(
                "-genkeypair",
                "-alias",
                "here",
                "-dname",
                "CN=here",
                "-keyalg",
                "EC",
                "-signer",
                "ca",
                "-ext",
                "san=ip:127.0.0.1");
        keytool(
                "-genkeypair",
                "-alias",
                "elsewhere",
                "-dname",
                "CN=elsewhere",
                "-keyalg",
                "EC",
                "-signer",
                "ca",
                "-ext",
                "san=dns:elsewhere.example");
        for (String alias : List.of("ca", "here", "elsewhere")) {
            keytool("-exportcert", "-rfc", "-alias", alias, "-file", pem(alias).toString());
        }
    }

    private static Path pem(String alias) {
        return folder.resolve(alias + ".pem");
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static HttpsServer server(String alias) throws Exception {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve("keys.p12"))) {
            all.load(file, PASSWORD.toCharArray());
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            byte[] body = "{\"well\": true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Whether a client that trusts a file speaks to a server that shows a certificate. */
    private static boolean isTrusted(String shown, Path file) throws Exception {
        HttpsServer server = server(shown);
        String url = "https://127.0.0.1:" + server.getAddress().getPort();
        try (ServerClient client = new ServerClient(ServerPlace.of(url, Optional.empty(), Optional.of(file)))) {
            return client.get("/api/v1/status").path("well").asBoolean(false);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_server_is_trusted_by_its_own_certificate_whatever_name_it_is_for() throws Exception {
        assertThat(isTrusted("elsewhere", pem("elsewhere"))).isTrue();
        assertThat(isTrusted("here", pem("here"))).isTrue();
    }

    @Test
    void a_server_is_trusted_by_its_authority_if_its_name_is_right() throws Exception {
        assertThat(isTrusted("here", pem("ca"))).isTrue();
        assertThatThrownBy(() -> isTrusted("elsewhere", pem("ca")))
                .isInstanceOf(Unavailable.class)
                .extracting(e -> ((Unavailable) e).hint())
                .asString()
                .contains("HOLDFAST_SERVER_CERTIFICATE");
    }

    @Test
    void a_server_with_another_certificate_of_the_same_authority_is_not_trusted() {
        assertThatThrownBy(() -> isTrusted("here", pem("elsewhere"))).isInstanceOf(Unavailable.class);
    }

    @Test
    void several_certificates_may_be_in_the_file_and_one_has_to_be() throws Exception {
        Path several = folder.resolve("several.pem");
        Files.writeString(several, Files.readString(pem("elsewhere")) + Files.readString(pem("ca")));
        assertThat(isTrusted("here", several)).isTrue();

        Path none = Files.writeString(folder.resolve("none.pem"), "");
        assertThatThrownBy(() -> isTrusted("here", none)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> isTrusted("here", folder.resolve("not-there.pem")))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void who_listens_nowhere_is_told_so() throws IOException {
        try (ServerClient client =
                new ServerClient(ServerPlace.of("http://127.0.0.1:1", Optional.empty(), Optional.empty()))) {
            assertThatThrownBy(() -> client.get("/api/v1/status"))
                    .hasMessage("the server at http://127.0.0.1:1 does not answer: nobody listens there");
        }
        try (ServerClient client =
                new ServerClient(ServerPlace.of("http://host.invalid", Optional.empty(), Optional.empty()))) {
            assertThatThrownBy(() -> client.get("/api/v1/status")).hasMessageContaining("there is no such host");
        }
    }
}
