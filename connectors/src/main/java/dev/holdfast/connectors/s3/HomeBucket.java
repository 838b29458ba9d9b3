package dev.holdfast.connectors.s3;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CreateBucketConfiguration;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The bucket that a store or a place is in. Safe for many threads. */
final class HomeBucket {
    private final S3Client client;
    private final S3Location location;
    private final S3Failures failures;

    HomeBucket(S3Client client, S3Location location, S3Failures failures) {
        this.client = client;
        this.location = location;
        this.failures = failures;
    }

    /**
     * Makes it, private, where it is missing.
     *
     * @param locking whether objects of a new one can be locked
     */
    void prepare(boolean locking) {
        if (!exists()) {
            create(locking);
        }
    }

    /** Whether it is there; an answer to {@code HEAD} of an object does not say whether object or bucket is missing. */
    boolean exists() {
        try {
            client.headBucket(r -> r.bucket(location.bucket()));
            return true;
        } catch (SdkException e) {
            if (S3Failures.isNotFound(e)) {
                return false;
            }
            throw failures.of("cannot look for the bucket", e);
        }
    }

    private void create(boolean locking) {
        CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(location.bucket());
        if (location.endpoint().isEmpty() && !location.region().equals("us-east-1")) {
            request.createBucketConfiguration(CreateBucketConfiguration.builder()
                    .locationConstraint(location.region())
                    .build());
        }
        if (locking) {
            request.objectLockEnabledForBucket(true);
        }
        try {
            client.createBucket(request.build());
        } catch (S3Exception e) {
            if (!S3Failures.code(e).equals("BucketAlreadyOwnedByYou")) {
                throw failures.of("cannot create the bucket", e);
            }
        } catch (SdkException e) {
            throw failures.of("cannot create the bucket", e);
        }
    }
}
