package dev.holdfast.cli.client;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts exactly one certificate, whatever name it is for: a server's own, which this machine has as a file. */
final class Trust extends X509ExtendedTrustManager {
    private static final X509Certificate[] NOBODY = {};

    private final Certificate known;

    private Trust(Certificate known) {
        this.known = known;
    }

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the file has no certificate
     */
    static SSLContext in(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            Certificate known = CertificateFactory.getInstance("X.509").generateCertificate(pem);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trust(known)}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + file + "' has no certificate that can be read",
                    "name the file with the server's certificate, PEM.",
                    e);
        }
    }

    private void check(X509Certificate[] shown) throws CertificateException {
        if (shown.length == 0 || !shown[0].equals(known)) {
            throw new CertificateException("the server shows another certificate than the one that is trusted");
        }
        shown[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
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
        return NOBODY;
    }
}
