package dev.holdfast.connectors.postgres.wire;

import static dev.holdfast.connectors.postgres.wire.FakeServer.WELCOME;
import static dev.holdfast.connectors.postgres.wire.FakeServer.join;
import static dev.holdfast.connectors.postgres.wire.FakeServer.message;
import static dev.holdfast.connectors.postgres.wire.FakeServer.zeroEnded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS with servers that real ones are hard to make into. */
@Timeout(120)
class WireTlsTest {
    private static final Authority AUTHORITY = new Authority("root");

    @TempDir
    private Path folder;

    private Path root;

    @BeforeEach
    void writeRoot() throws IOException {
        root = Files.writeString(folder.resolve("root.crt"), AUTHORITY.pem());
    }

    /** Speaks TLS from the first byte, lets everybody in, answers one statement. */
    private static FakeServer server(Authority.Issued identity, String protocol, String... applicationProtocols)
            throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", identity.keys().getPrivate(), new char[0], new Certificate[] {identity.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setEnabledProtocols(new String[] {protocol});
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(applicationProtocols);
        listener.setSSLParameters(parameters);
        return new FakeServer(listener, (in, out) -> {
            FakeServer.readFirst(in);
            out.write(WELCOME);
            FakeServer.skip(in);
            out.write(join(message('C', zeroEnded("SET")), message('Z', FakeServer.text("I"))));
            FakeServer.skip(in);
        });
    }

    private WireSettings.Builder settings(FakeServer server) {
        return server.settings()
                .tls(TlsMode.VERIFY_FULL)
                .directTls(true)
                .rootCertificate(root)
                .connectTimeout(Duration.ofSeconds(60));
    }

    private static void works(WireSettings.Builder settings) throws Exception {
        try (WireConnection connection = WireConnection.open(settings.build())) {
            assertThat(connection.isEncrypted()).isTrue();
            assertThat(connection.query("SET x = y")).isEmpty();
        }
    }

    private static WireException failed(WireSettings.Builder settings) {
        WireException failure = catchThrowableOfType(
                WireException.class, () -> WireConnection.open(settings.build()).close());
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(Reason.TLS);
        return failure;
    }

    @Test
    void TLS_may_begin_without_being_asked_for() throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            try (FakeServer server = server(AUTHORITY.issue("CN=db", "IP:127.0.0.1"), protocol, "postgresql")) {
                works(settings(server));
            }
        }
    }

    @Test
    void a_server_that_speaks_something_else_within_TLS_is_left() throws Exception {
        try (FakeServer server = server(AUTHORITY.issue("CN=db", "IP:127.0.0.1"), "TLSv1.3")) {
            assertThat(failed(settings(server))).hasMessageContaining("does not agree");
        }
        try (FakeServer server = server(AUTHORITY.issue("CN=db", "IP:127.0.0.1"), "TLSv1.3", "h2")) {
            failed(settings(server));
        }
    }

    @Test
    void a_certificate_that_has_expired_is_not_trusted() throws Exception {
        try (FakeServer server = server(AUTHORITY.issue(-1, "CN=db", "IP:127.0.0.1"), "TLSv1.3", "postgresql")) {
            assertThat(failed(settings(server)))
                    .hasMessageStartingWith("the server's certificate is not trusted: ")
                    .hasMessageContaining("NotAfter");
        }
    }

    @Test
    void nobody_is_talked_to_in_a_TLS_of_old() throws Exception {
        byte[] protocolVersion = {21, 3, 1, 0, 2, 2, 70}; // an alert
        try (FakeServer server = new FakeServer((in, out) -> {
            in.readInt();
            out.write(protocolVersion);
            in.readFully(new byte[100]);
        })) {
            failed(server.settings().tls(TlsMode.REQUIRE).directTls(true));
        }
    }

    @Test
    void the_hash_to_bind_to_is_the_one_of_the_certificates_signature() throws Exception {
        X509Certificate certificate = AUTHORITY.issue("CN=db").certificate();
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(Tls.endPoint(certificate))
                .isEqualTo(java.security.MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
