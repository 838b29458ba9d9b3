package dev.holdfast.connectors.postgres.wire;

import java.security.cert.CertificateException;

/** A certificate of the server that we do not accept. */
final class Untrusted extends CertificateException {
    private static final long serialVersionUID = 1L;

    Untrusted(String message, CertificateException cause) {
        super(message, cause);
    }
}
