package dev.holdfast.control.notify;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Why an encrypted connection did not come about. */
final class TlsFault {
    private TlsFault() {}

    /** Whether another try will not help: the certificate is not trusted, or the other side speaks no TLS there. */
    static boolean isLasting(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause instanceof CertPathBuilderException
                    || cause instanceof SSLPeerUnverifiedException
                    || speaksNoTls(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean speaksNoTls(Throwable cause) {
        return cause instanceof SSLException
                && String.valueOf(cause.getMessage()).contains("unrecognized SSL message");
    }
}
