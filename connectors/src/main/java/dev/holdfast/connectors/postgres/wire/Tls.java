package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom we trust and who we are, from the files that the settings name, with the defaults of libpq. Revocation lists are not looked
 * at.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html">SSL Support</a>
 */
final class Tls {
    static final String APPLICATION_PROTOCOL = "postgresql";

    private final WireSettings settings;

    Tls(WireSettings settings) {
        this.settings = settings;
    }

    /**
     * @throws WireException if a file is missing or not usable
     */
    SSLEngine engine() throws WireException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), new TrustManager[] {new Trust(settings, anchors())}, null);
            SSLEngine engine = context.createSSLEngine(settings.host(), settings.port());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(settings.tlsVersions().toArray(String[]::new));
            parameters.setApplicationProtocols(new String[] {APPLICATION_PROTOCOL});
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException | IOException e) {
            throw e instanceof WireException known
                    ? known
                    : new WireException(Reason.TLS, "TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Those who may vouch for the server; null if nobody has to. */
    private @Nullable X509ExtendedTrustManager anchors() throws GeneralSecurityException, IOException {
        if (settings.systemRoots()) {
            return anchors(null);
        }
        Path file = fileOrDefault(settings.rootCertificate(), "root.crt");
        if (file == null) {
            if (settings.tls().isVerifying()) {
                throw new WireException(
                        Reason.FILE,
                        "there is no root certificate to check the server's with: neither is one named nor is there a file "
                                + "root.crt in " + settings.defaultsFolder());
            }
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        List<X509Certificate> certificates = Pem.certificates(file);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("root" + i, certificates.get(i));
        }
        return anchors(store);
    }

    private static X509ExtendedTrustManager anchors(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("this Java checks no X.509 certificates");
    }

    private KeyManager @Nullable [] keys() throws IOException, GeneralSecurityException {
        Path certificate = fileOrDefault(settings.certificate(), "postgresql.crt");
        if (certificate == null) {
            return null;
        }
        Path key = fileOrDefault(settings.key(), "postgresql.key");
        if (key == null) {
            throw new WireException(
                    Reason.FILE,
                    "there is a certificate of our own, '" + certificate
                            + "', but neither is its private key named nor is " + "there a file postgresql.key in "
                            + settings.defaultsFolder());
        }
        X509Certificate[] chain = Pem.certificates(certificate).toArray(X509Certificate[]::new);
        return new KeyManager[] {new OwnKey(chain, Pem.privateKey(key, settings.keyPassword()))};
    }

    /** A file that is named must be there, or using it says so; a default one may be missing. */
    private @Nullable Path fileOrDefault(@Nullable Path named, String defaultName) {
        if (named != null) {
            return named;
        }
        Path folder = settings.defaultsFolder();
        Path file = folder == null ? null : folder.resolve(defaultName);
        return file != null && Files.exists(file) ? file : null;
    }

    /**
     * The hash of a certificate that both ends of a TLS connection know and nobody in between can imitate.
     *
     * @return null if its signature uses no hash of its own, so that none is defined
     * @see <a href="https://www.rfc-editor.org/rfc/rfc5929#section-4">RFC 5929, tls-server-end-point</a>
     */
    static byte @Nullable [] endPoint(X509Certificate certificate) throws WireException {
        try {
            String hash = signatureHash(certificate);
            return hash == null ? null : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new WireException(Reason.TLS, "the server's certificate cannot be hashed: " + e.getMessage(), e);
        }
    }

    private static @Nullable String signatureHash(X509Certificate certificate)
            throws GeneralSecurityException, IOException {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (algorithm.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            return strong(parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
        }
        int with = algorithm.indexOf("WITH");
        return with < 0 ? null : strong(algorithm.substring(0, with));
    }

    private static String strong(String hash) {
        return switch (hash.replace("-", "")) {
            case "MD5", "SHA1", "SHA" -> "SHA-256";
            case String other when other.matches("SHA[0-9]{3}") -> "SHA-" + other.substring("SHA".length());
            default -> hash;
        };
    }

    /** Accepts a server as strictly as the settings want. */
    private static final class Trust extends X509ExtendedTrustManager {
        private final WireSettings settings;
        private final @Nullable X509ExtendedTrustManager anchors;

        Trust(WireSettings settings, @Nullable X509ExtendedTrustManager anchors) {
            this.settings = settings;
            this.anchors = anchors;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            if (anchors != null) {
                try {
                    anchors.checkServerTrusted(chain, type, engine);
                } catch (CertificateException e) {
                    throw new Untrusted("the server's certificate is not trusted: " + root(e).getMessage(), e);
                }
            }
            if (settings.tls() == TlsMode.VERIFY_FULL) {
                checkName(chain[0]);
            }
        }

        private void checkName(X509Certificate certificate) throws CertificateParsingException, Untrusted {
            if (!HostNames.match(certificate, settings.host())) {
                throw new Untrusted(
                        "the server's certificate is for '" + HostNames.shown(certificate) + "' and not for host '"
                                + settings.host() + "'",
                        new CertificateException("another host"));
            }
        }

        private static Throwable root(Throwable failure) {
            Throwable cause = failure.getCause();
            return cause == null ? failure : root(cause);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("made for engines");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("made for engines");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("made for clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("made for clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("made for clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Our one certificate, shown to every server that asks for one, whomever it says it trusts. */
    private static final class OwnKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final X509Certificate[] chain;
        private final PrivateKey key;

        OwnKey(X509Certificate[] chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return Arrays.asList(keyTypes).contains(key.getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chooseEngineClientAlias(keyTypes, issuers, null);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
