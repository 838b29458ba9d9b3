package dev.holdfast.cli.client;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the certificates of a file, and nobody else: a server's own, whatever name it is for, or those of authorities, for whom
 * the server's name has to be right as usual.
 */
final class Trust extends X509ExtendedTrustManager {
    private final List<Certificate> known;
    private final X509ExtendedTrustManager authorities;

    private Trust(List<Certificate> known, X509ExtendedTrustManager authorities) {
        this.known = known;
        this.authorities = authorities;
    }

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the file has no certificate
     */
    static SSLContext in(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (found.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trust(List.copyOf(found), authorities(found))}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + file + "' has no certificate that can be read",
                    "name the file with the server's certificate or that of its authority, PEM.",
                    e);
        }
    }

    private static X509ExtendedTrustManager authorities(Collection<? extends Certificate> found)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : found) {
            store.setCertificateEntry(Integer.toString(number++), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Stream.of(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new CertificateException("this Java checks no certificates"));
    }

    /** Whether the server shows a certificate that is in the file itself. */
    private boolean isKnown(X509Certificate[] shown) throws CertificateException {
        if (shown.length == 0 || !known.contains(shown[0])) {
            return false;
        }
        shown[0].checkValidity();
        return true;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        if (!isKnown(chain)) {
            authorities.checkServerTrusted(chain, type, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        if (!isKnown(chain)) {
            authorities.checkServerTrusted(chain, type, engine);
        }
    }

    /** Without a connection nobody can look whether the name is right. */
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        if (!isKnown(chain)) {
            throw new CertificateException("the server shows another certificate than the one that is trusted");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("no client is expected here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("no client is expected here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("no client is expected here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }
}
