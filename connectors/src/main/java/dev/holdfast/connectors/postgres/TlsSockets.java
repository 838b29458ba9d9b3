package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.wire.HostNames;
import dev.holdfast.connectors.postgres.wire.Pem;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for the driver, with the files and rules of libpq: certificates and keys in PEM, no verification unless an authority is
 * named or the mode asks for it. Public because the driver makes it by name.
 */
public final class TlsSockets extends SSLSocketFactory {
    private static final String PREFIX = "holdfast.tls.";
    private static final String ROOT = PREFIX + "root";
    private static final String CERTIFICATE = PREFIX + "certificate";
    private static final String KEY = PREFIX + "key";
    private static final String KEY_PASSWORD = PREFIX + "key-password";
    private static final String VERSIONS = PREFIX + "versions";

    private final SSLSocketFactory factory;
    private final String[] versions;

    /**
     * Called by the driver with the properties of the connection.
     *
     * @throws IOException if a file cannot be read or understood
     */
    public TlsSockets(Properties properties) throws IOException {
        this.versions = properties.getProperty(VERSIONS, "TLSv1.3,TLSv1.2").split(",");
        this.factory = context(
                        path(properties, ROOT),
                        path(properties, CERTIFICATE),
                        path(properties, KEY),
                        Optional.ofNullable(properties.getProperty(KEY_PASSWORD)))
                .getSocketFactory();
    }

    private static Optional<Path> path(Properties properties, String name) {
        return Optional.ofNullable(properties.getProperty(name)).map(Path::of);
    }

    /** Has the driver use this class for a location. */
    static void describe(PostgresLocation location, Properties properties) {
        properties.setProperty("sslfactory", TlsSockets.class.getName());
        properties.setProperty("sslhostnameverifier", Names.class.getName());
        location.rootCertificates().ifPresent(file -> properties.setProperty(ROOT, file.toString()));
        location.certificate().ifPresent(file -> properties.setProperty(CERTIFICATE, file.toString()));
        location.key().ifPresent(file -> properties.setProperty(KEY, file.toString()));
        location.keyPassword().ifPresent(secret -> properties.setProperty(KEY_PASSWORD, secret));
        properties.setProperty(VERSIONS, String.join(",", location.tlsVersions()));
    }

    /**
     * Makes sure that the files of a location can be used.
     *
     * @throws Invalid that names the one that cannot
     */
    static void check(PostgresLocation location) {
        try {
            context(location.rootCertificates(), location.certificate(), location.key(), location.keyPassword());
        } catch (IOException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "an encrypted connection to server " + location.server() + " cannot be prepared: " + e.getMessage(),
                    "see sslrootcert, sslcert, sslkey and sslpassword.",
                    e);
        }
    }

    /**
     * Trusts the given authorities and nobody else, or everybody where none is given.
     *
     * @throws IOException if a file cannot be read or understood; the message names it
     */
    static SSLContext context(
            Optional<Path> root, Optional<Path> certificate, Optional<Path> key, Optional<String> keyPassword)
            throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    certificate.isPresent() && key.isPresent()
                            ? identity(certificate.get(), key.get(), keyPassword)
                            : null,
                    root.isPresent() ? authorities(root.get()) : new TrustManager[] {new Everybody()},
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static KeyManager[] identity(Path certificate, Path key, Optional<String> password)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey secret = Pem.privateKey(key, password.orElse(null));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("client", secret, new char[0], chain.toArray(Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        return managers.getKeyManagers();
    }

    private static TrustManager[] authorities(Path root) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (X509Certificate authority : Pem.certificates(root)) {
            store.setCertificateEntry("authority" + number++, authority);
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        return managers.getTrustManagers();
    }

    /** Encrypts without knowing for whom, as sslmode=require without an authority means it. */
    private static final class Everybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {
            throw new UnsupportedOperationException("a server's side");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {
            // anybody
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Whether a certificate names the host, by the rules of our own client; the driver asks where the mode wants it. */
    public static final class Names implements HostnameVerifier {
        @Override
        public boolean verify(String host, SSLSession session) {
            try {
                return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                        && HostNames.match(certificate, host);
            } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
                return false; // nobody that could be compared
            }
        }
    }

    @Override
    public Socket createSocket(Socket socket, @Nullable String host, int port, boolean autoClose) throws IOException {
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, host, port, autoClose);
        secured.setEnabledProtocols(versions);
        return secured;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return factory.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return factory.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("the driver connects first");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("the driver connects first");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("the driver connects first");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("the driver connects first");
    }
}
