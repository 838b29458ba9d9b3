package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Where a place is in its bucket, how its files get there, and what its failures mean. Safe for many threads.
 *
 * @param location with a prefix without slashes at its ends
 * @param folder what all keys begin with
 */
record PlaceBucket(
        S3Location location,
        String folder,
        S3Clients clients,
        S3Failures failures,
        S3PlaceSettings settings,
        InstantSource clock) {
    /** Longest key that S3 takes. */
    private static final int MOST_KEY_BYTES = 1024;

    S3Client client() {
        return clients.repeating();
    }

    String bucket() {
        return location.bucket();
    }

    String key(FileName name) {
        return folder + name.text();
    }

    HomeBucket home() {
        return new HomeBucket(client(), location, failures);
    }

    /** How an object is described, or empty if there is none. */
    Optional<HeadObjectResponse> look(String key) {
        try {
            return Optional.of(client().headObject(r -> r.bucket(bucket()).key(key)));
        } catch (SdkException e) {
            if (!S3Failures.isNotFound(e)) {
                throw failures.of("cannot look for '" + key + "'", e);
            }
            if (!home().exists()) {
                throw failures.noBucket(e);
            }
            return Optional.empty();
        }
    }

    HoldfastException failure(String what, String key, SdkException e) {
        return failures.of(what + " '" + key + "'", e);
    }

    AlreadyExists exists(String key, @Nullable Throwable cause) {
        return new AlreadyExists(
                ErrorCode.STORE_OBJECT_EXISTS,
                "'" + key + "' exists already in " + location,
                "remove it, or change the pattern that names the files.",
                cause);
    }

    Missing missing(String key, @Nullable Throwable cause) {
        return new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + key + "' is not there in " + location, "", cause);
    }

    void requireShort(String key) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_KEY_BYTES) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + key + "' has " + bytes + " bytes, and a bucket takes names up to " + MOST_KEY_BYTES,
                    "shorten the prefix of the place, or the pattern that names the files.");
        }
    }

    // -- how objects are kept

    PutObjectRequest kept(PutObjectRequest.Builder request) {
        settings.storageClass().ifPresent(request::storageClass);
        settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(kind(encryption));
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        settings.lock()
                .ifPresent(lock -> request.objectLockMode(mode(lock))
                        .objectLockRetainUntilDate(clock.instant().plus(lock.lasting())));
        return request.build();
    }

    CreateMultipartUploadRequest kept(CreateMultipartUploadRequest.Builder request) {
        settings.lock()
                .ifPresent(lock -> request.objectLockMode(mode(lock))
                        .objectLockRetainUntilDate(clock.instant().plus(lock.lasting())));
        return keptUnlocked(request);
    }

    /** Of a copy, which has to be replaced. */
    CreateMultipartUploadRequest keptUnlocked(CreateMultipartUploadRequest.Builder request) {
        settings.storageClass().ifPresent(request::storageClass);
        settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(kind(encryption));
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        return request.build();
    }

    /** Of a copy, which is never locked: it has to be replaced. */
    CopyObjectRequest kept(CopyObjectRequest.Builder request) {
        settings.storageClass().ifPresent(request::storageClass);
        settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(kind(encryption));
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        return request.build();
    }

    private static ServerSideEncryption kind(S3PlaceSettings.Encryption encryption) {
        return encryption.kmsKey().isPresent() ? ServerSideEncryption.AWS_KMS : ServerSideEncryption.AES256;
    }

    private static ObjectLockMode mode(S3PlaceSettings.Lock lock) {
        return switch (lock.mode()) {
            case GOVERNANCE -> ObjectLockMode.GOVERNANCE;
            case COMPLIANCE -> ObjectLockMode.COMPLIANCE;
        };
    }
}
