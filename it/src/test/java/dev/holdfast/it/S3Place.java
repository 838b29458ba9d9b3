package dev.holdfast.it;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3 server and who may use it.
 *
 * @param tags whether it keeps tags
 */
record S3Place(URI endpoint, String accessKey, String secretKey, boolean tags) {

    /** The server that HOLDFAST_IT_S3_ENDPOINT, _ACCESS_KEY and _SECRET_KEY name (a Ceph gateway, say), if they do. */
    static Optional<S3Place> ofEnvironment(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("HOLDFAST_IT_S3_ENDPOINT"))
                .filter(endpoint -> !endpoint.isBlank())
                .map(endpoint -> new S3Place(
                        URI.create(endpoint),
                        environment.getOrDefault("HOLDFAST_IT_S3_ACCESS_KEY", ""),
                        environment.getOrDefault("HOLDFAST_IT_S3_SECRET_KEY", ""),
                        true));
    }

    S3Place at(URI otherEndpoint) {
        return new S3Place(otherEndpoint, accessKey, secretKey, tags);
    }

    S3Place withSecret(String otherSecret) {
        return new S3Place(endpoint, accessKey, otherSecret, tags);
    }

    S3Client client() {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .forcePathStyle(true)
                // bodies signed whole: Ceph takes no empty one piece by piece, and keeps 'aws-chunked' as an encoding
                .serviceConfiguration(c -> c.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(16))
                .build();
    }

    /** The keys of a stack file that lead here. */
    String keys(String bucket) {
        return "endpoint: '%s', bucket: %s, access-key: '%s', secret-key: '%s'"
                .formatted(endpoint, bucket, accessKey, secretKey);
    }
}
