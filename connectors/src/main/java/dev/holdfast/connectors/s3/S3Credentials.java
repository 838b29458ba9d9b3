package dev.holdfast.connectors.s3;

import java.util.Optional;

/**
 * A key pair. Never shown.
 *
 * @param accessKey its public half
 * @param secretKey its secret half
 * @param sessionToken for keys that were lent for a while
 */
public record S3Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {
    /** Keys that last. */
    public static S3Credentials of(String accessKey, String secretKey) {
        return new S3Credentials(accessKey, secretKey, Optional.empty());
    }

    @Override
    public String toString() {
        return "S3Credentials[hidden]";
    }
}
