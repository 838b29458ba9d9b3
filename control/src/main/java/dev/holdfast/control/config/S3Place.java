package dev.holdfast.control.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * A bucket or a part of it, and how to get there.
 *
 * @param endpoint the server; AWS where empty
 * @param region the region requests are signed for
 * @param bucket the bucket
 * @param prefix what the keys begin with; empty for the whole bucket
 * @param keys empty for what AWS itself finds, a role of the machine for example
 * @param pathStyle whether the bucket stands in the path instead of the host name
 * @param connections how many requests run at once
 */
public record S3Place(
        Optional<URI> endpoint,
        String region,
        String bucket,
        String prefix,
        Optional<S3Keys> keys,
        boolean pathStyle,
        int connections) {
    public static final String DEFAULT_REGION = "us-east-1";
    public static final int DEFAULT_CONNECTIONS = 32;
    public static final int MAX_CONNECTIONS = 256;

    /** A URL with http or https, and without user; empty if it is something else. */
    public static Optional<URI> parseEndpoint(String text) {
        try {
            URI uri = new URI(text.strip());
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return http && uri.getHost() != null && uri.getUserInfo() == null ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Another bucket of the same server, by {@code name}, {@code name/prefix} or {@code s3://name/prefix}. */
    public S3Place withBucket(String target) {
        String path = target.startsWith("s3://") ? target.substring("s3://".length()) : target;
        int slash = path.indexOf('/');
        String otherBucket = slash < 0 ? path : path.substring(0, slash);
        String otherPrefix = slash < 0 ? "" : path.substring(slash + 1);
        return new S3Place(endpoint, region, otherBucket, otherPrefix, keys, pathStyle, connections);
    }

    /** For people: {@code s3://bucket/prefix}. */
    public String url() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
