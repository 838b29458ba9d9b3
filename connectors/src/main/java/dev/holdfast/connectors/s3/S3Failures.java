package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Says what an answer of an S3 server means. Servers differ: messages may be empty (Ceph RGW), codes absent (any answer to
 * HEAD), and a failure may come inside an answer that calls itself a success.
 */
final class S3Failures {
    private static final Set<String> PASSING = Set.of(
            "SlowDown",
            "InternalError",
            "ServiceUnavailable",
            "RequestTimeout",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "OperationAborted",
            "ConditionalRequestConflict",
            "IncompleteBody",
            "BadDigest",
            "XAmzContentSHA256Mismatch");
    private static final Set<String> FULL =
            Set.of("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "EntityTooLargeForQuota");
    private static final Set<String> WRONG_KEYS = Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken");
    private static final Set<String> ELSEWHERE = Set.of(
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
            "InvalidLocationConstraint");

    private static final String FEWER_SNAPSHOTS = "remove old snapshots with 'holdfast forget'";
    private static final String FEWER_EXPORTS = "keep fewer exports";

    private final S3Location location;
    private final ErrorCode unavailable;
    private final ErrorCode denied;
    private final String kept;

    private S3Failures(S3Location location, ErrorCode unavailable, ErrorCode denied, String kept) {
        this.location = location;
        this.unavailable = unavailable;
        this.denied = denied;
        this.kept = kept;
    }

    static S3Failures ofStore(S3Location location) {
        return new S3Failures(location, ErrorCode.STORE_UNAVAILABLE, ErrorCode.STORE_ACCESS_DENIED, FEWER_SNAPSHOTS);
    }

    static S3Failures ofPlace(S3Location location) {
        return new S3Failures(location, ErrorCode.STORE_UNAVAILABLE, ErrorCode.STORE_ACCESS_DENIED, FEWER_EXPORTS);
    }

    static S3Failures ofBucket(S3Location location) {
        return new S3Failures(location, ErrorCode.BUCKET_UNAVAILABLE, ErrorCode.BUCKET_ACCESS_DENIED, FEWER_SNAPSHOTS);
    }

    static boolean isNotFound(SdkException e) {
        return e instanceof S3Exception s3 && s3.statusCode() == 404;
    }

    static boolean isNoBucket(SdkException e) {
        return e instanceof S3Exception s3 && code(s3).equals("NoSuchBucket");
    }

    static boolean isPreconditionFailed(SdkException e) {
        return e instanceof S3Exception s3 && s3.statusCode() == 412;
    }

    static boolean isNotImplemented(SdkException e) {
        return e instanceof S3Exception s3 && (s3.statusCode() == 501 || code(s3).equals("NotImplemented"));
    }

    /** Whether it is this one object that cannot be read, not the request that is wrong. */
    static boolean isAboutTheObject(S3Exception e) {
        String code = code(e);
        return (e.statusCode() == 403 && !WRONG_KEYS.contains(code) && !code.equals("RequestTimeTooSkewed"))
                || (e.statusCode() == 400 && code.equals("InvalidRequest"));
    }

    static String code(S3Exception e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    /**
     * @param what what could not be done, for example {@code cannot read 'a/b'}
     */
    HoldfastException of(String what, SdkException e) {
        return e instanceof S3Exception answer ? answered(what, answer) : unanswered(what, e);
    }

    Missing noBucket(Throwable cause) {
        return new Missing(
                ErrorCode.BUCKET_MISSING,
                "bucket '" + location.bucket() + "' does not exist" + at(),
                "Check the names of bucket and endpoint, or create the bucket.",
                cause);
    }

    private HoldfastException answered(String what, S3Exception e) {
        String code = code(e);
        int status = e.statusCode();
        String message = what + " in " + location + ": " + describe(e);
        if (code.equals("NoSuchBucket")) {
            return noBucket(e);
        }
        if (FULL.contains(code) || status == 507) {
            return new NoSpace(ErrorCode.STORE_FULL, message, "Raise the quota, or " + kept + ".", e);
        }
        if (status == 501 || code.equals("NotImplemented")) {
            return new Unsupported(ErrorCode.STORE_UNSUITABLE, message, "The server does not know this operation.", e);
        }
        if (ELSEWHERE.contains(code) || status == 301 || status == 307) {
            return new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    message,
                    "Set 'region' (now '" + location.region() + "') to the region of the bucket.",
                    e);
        }
        if (PASSING.contains(code) || status >= 500 || status == 429 || status == 408 || status < 300) {
            return new Unavailable(unavailable, message, "Try again later; the server has trouble of its own.", e);
        }
        if (status == 403 || status == 401) {
            return new AccessDenied(denied, message, denialHint(code), e);
        }
        return new Failed(unavailable, message, "The server refuses the request itself; check bucket and endpoint.", e);
    }

    private static String denialHint(String code) {
        if (WRONG_KEYS.contains(code)) {
            return "Check access key and secret key: the server does not know them or they do not belong together.";
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return "Set the clock of this machine: the server refuses requests from another time.";
        }
        return "Check access key and secret key, and that they may list, read and write this bucket.";
    }

    private HoldfastException unanswered(String what, SdkException e) {
        if (e instanceof AbortedException || hasCause(e, InterruptedException.class)) {
            return new Cancelled(ErrorCode.CANCELLED, what + " in " + location + ": stopped", "", e);
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("credentials from any of the providers")) {
            return new AccessDenied(
                    denied,
                    what + " in " + location + ": no credentials were found",
                    "Set access-key and secret-key, or the environment AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                    e);
        }
        return new Unavailable(
                unavailable,
                what + " in " + location + ": " + cause(e),
                "Check that the endpoint is right and the server runs.",
                e);
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static String cause(Throwable e) {
        Throwable root = e;
        for (Throwable at = e; at != null; at = at.getCause()) {
            root = at;
        }
        String message = String.valueOf(root.getMessage());
        return switch (root) {
            case UnknownHostException unknown -> "host '" + message.split(":")[0] + "' is not known";
            case ConnectException refused -> message.toLowerCase(Locale.ROOT);
            case SocketTimeoutException silent -> "no answer in time";
            case InterruptedIOException silent -> "no answer in time";
            default -> message;
        };
    }

    private static String describe(S3Exception e) {
        String code = code(e);
        String said = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
        return "HTTP " + e.statusCode()
                + (code.isEmpty() ? "" : " " + code)
                + (said == null || said.isBlank() || said.equals("null") ? "" : ": " + said);
    }

    private String at() {
        return location.endpoint().isEmpty()
                ? ""
                : " at " + location.endpoint().get().getAuthority();
    }
}
