package dev.holdfast.connectors.s3;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

/**
 * The copy of a file that stands for a link to it, made by the server itself: at once, or in parts where the file is too long for
 * that. Its metadata say that it is one. Safe for many threads.
 */
final class PlaceCopy {
    /** Longest object that {@code CopyObject} takes. */
    static final long AT_ONCE = 5L << 30;

    private static final String COPY_OF = "holdfast-copy-of";
    private static final int MOST_SHOWN = 500;
    private static final long PART = 512L << 20;

    private final PlaceBucket at;
    private final long atOnce;

    /**
     * @param atOnce longest object that is copied by one request
     */
    PlaceCopy(PlaceBucket at, long atOnce) {
        this.at = at;
        this.atOnce = atOnce;
    }

    void make(String key, String target) {
        HeadObjectResponse source = at.look(target).orElseThrow(() -> at.missing(target, null));
        at.requireShort(key);
        at.look(key).filter(there -> !there.metadata().containsKey(COPY_OF)).ifPresent(foreign -> {
            throw at.exists(key, null);
        });
        try {
            if (source.contentLength() <= atOnce) {
                at.client().copyObject(whole(key, target, source));
            } else {
                inParts(key, target, source);
            }
        } catch (SdkException e) {
            throw at.failure("cannot copy '" + target + "' to", key, e);
        }
    }

    private CopyObjectRequest whole(String key, String target, HeadObjectResponse source) {
        return at.kept(CopyObjectRequest.builder()
                .sourceBucket(at.bucket())
                .sourceKey(target)
                .copySourceIfMatch(source.eTag())
                .destinationBucket(at.bucket())
                .destinationKey(key)
                .metadataDirective(MetadataDirective.REPLACE)
                .contentType(source.contentType())
                .metadata(metadata(target, source)));
    }

    private static Map<String, String> metadata(String target, HeadObjectResponse source) {
        Map<String, String> metadata = new HashMap<>(source.metadata());
        metadata.remove(S3PlacedFile.TOKEN);
        metadata.put(COPY_OF, shown(target));
        return metadata;
    }

    /** Metadata are ASCII and short. */
    private static String shown(String target) {
        String escaped = URLEncoder.encode(target, StandardCharsets.UTF_8);
        return escaped.length() <= MOST_SHOWN ? escaped : "sha256:" + sha256(target);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void inParts(String key, String target, HeadObjectResponse source) {
        String token = UUID.randomUUID().toString();
        UploadMarker marker = new UploadMarker(at);
        marker.set(token, key);
        String upload = at.client()
                .createMultipartUpload(at.keptUnlocked(CreateMultipartUploadRequest.builder()
                        .bucket(at.bucket())
                        .key(key)
                        .contentType(source.contentType())
                        .metadata(metadata(target, source))))
                .uploadId();
        boolean done = false;
        try {
            List<CompletedPart> parts = parts(key, target, source, upload);
            at.client()
                    .completeMultipartUpload(
                            r -> r.bucket(at.bucket()).key(key).uploadId(upload).multipartUpload(m -> m.parts(parts)));
            done = true;
        } finally {
            if (!done) {
                abort(key, upload);
            }
            marker.remove(token);
        }
    }

    private List<CompletedPart> parts(String key, String target, HeadObjectResponse source, String upload) {
        long length = source.contentLength();
        long step = Math.max(
                Math.min(PART, atOnce), Math.ceilDiv(length, at.settings().maxParts()));
        List<CompletedPart> parts = new ArrayList<>();
        for (long from = 0; from < length; from += step) {
            int number = parts.size() + 1;
            String range = "bytes=" + from + "-" + (Math.min(from + step, length) - 1);
            String tag = at.client()
                    .uploadPartCopy(r -> r.sourceBucket(at.bucket())
                            .sourceKey(target)
                            .copySourceIfMatch(source.eTag())
                            .copySourceRange(range)
                            .destinationBucket(at.bucket())
                            .destinationKey(key)
                            .uploadId(upload)
                            .partNumber(number))
                    .copyPartResult()
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        }
        return parts;
    }

    private void abort(String key, String upload) {
        try {
            at.client().abortMultipartUpload(r -> r.bucket(at.bucket()).key(key).uploadId(upload));
        } catch (SdkException e) {
            // the failure before this one is told
            return;
        }
    }
}
