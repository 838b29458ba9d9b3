package dev.holdfast.connectors.s3;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * A bucket, or what lies under a prefix in it, and how to get there.
 *
 * @param endpoint the server; empty for AWS
 * @param region such as {@code us-east-1}
 * @param bucket its name
 * @param prefix what the keys begin with, byte for byte; empty for the whole bucket
 * @param credentials empty for what the AWS SDK finds by itself (environment, profile, role)
 * @param pathStyle whether the bucket is named in the path instead of the host name
 * @param connections how many connections at once, at least 1
 */
public record S3Location(
        Optional<URI> endpoint,
        String region,
        String bucket,
        String prefix,
        Optional<S3Credentials> credentials,
        boolean pathStyle,
        int connections) {
    /** How many connections where nothing else is said. */
    public static final int DEFAULT_CONNECTIONS = 32;

    public S3Location {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(credentials);
        if (region.isBlank() || bucket.isBlank() || connections < 1) {
            throw new IllegalArgumentException(
                    "bucket '" + bucket + "' in region '" + region + "' over " + connections + " connections");
        }
    }

    /** A bucket of a server of one's own, in path style. */
    public static S3Location of(URI endpoint, String bucket, S3Credentials credentials) {
        return new S3Location(
                Optional.of(endpoint), "us-east-1", bucket, "", Optional.of(credentials), true, DEFAULT_CONNECTIONS);
    }

    /** Another bucket or prefix of the same server. */
    public S3Location with(String otherBucket, String otherPrefix) {
        return new S3Location(endpoint, region, otherBucket, otherPrefix, credentials, pathStyle, connections);
    }

    /** The prefix as a folder: empty, or with one {@code /} at its end and none at its beginning. */
    String folder() {
        String trimmed = prefix.startsWith("/") ? prefix.substring(1) : prefix;
        return trimmed.isEmpty() || trimmed.endsWith("/") ? trimmed : trimmed + "/";
    }

    /** The same for people: the prefix without a slash at either end. */
    S3Location withoutSlashes() {
        String folder = folder();
        return with(bucket, folder.isEmpty() ? folder : folder.substring(0, folder.length() - 1));
    }

    /** {@code s3://bucket/prefix}, and where the server is if it is not AWS. */
    @Override
    public String toString() {
        return uri() + endpoint.map(e -> " at " + withoutUser(e)).orElse("");
    }

    /** {@code s3://bucket/prefix}. */
    public String uri() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    private static String withoutUser(URI endpoint) {
        return endpoint.getScheme() + "://" + endpoint.getHost()
                + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort());
    }
}
