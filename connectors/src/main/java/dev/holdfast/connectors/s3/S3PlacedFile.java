package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.source.ExportFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A file on its way into a bucket: by one request if it is small, else in equal parts while it is written. Each carries a token of
 * its own, so that an answer that got lost is told from a file of somebody else. Afterwards it is looked at. For one thread.
 */
final class S3PlacedFile implements ExportFile {
    /** Metadata that hold the token. */
    static final String TOKEN = "holdfast-upload";

    /** Longest file that is written by one request. */
    private static final int SINGLE_MAX = 16 << 20;

    private final PlaceBucket at;
    private final String key;
    private final String location;
    private final FileFacts facts;
    private final boolean replace;
    private final PartPlan plan;
    private final String token = UUID.randomUUID().toString();
    private @Nullable PartBuffer filling;
    private @Nullable S3Upload upload;
    private long written;

    S3PlacedFile(PlaceBucket at, String key, String location, FileFacts facts, boolean replace) {
        this.at = at;
        this.key = key;
        this.location = location;
        this.facts = facts;
        this.replace = replace;
        plan = PartPlan.of(at.settings(), facts.expectedBytes());
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public void preflight() {
        at.requireShort(key);
        Optional<HeadObjectResponse> there = at.look(key);
        if (there.isPresent() && !replace) {
            throw at.exists(key, null);
        }
        filling = PartBuffer.of(plan, at.settings());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; ) {
            PartBuffer part = filling();
            if (part.bytes() == plan.partBytes()) {
                requireRoom();
                ship(part);
                part = PartBuffer.of(plan, at.settings());
                filling = part;
            }
            int step = (int) Math.min(length - done, plan.partBytes() - part.bytes());
            part.write(bytes, offset + done, step);
            written += step;
            done += step;
        }
    }

    private PartBuffer filling() {
        PartBuffer part = filling;
        if (part == null) {
            throw new IllegalStateException("not open");
        }
        return part;
    }

    /** A part that is not the last needs one after it. */
    private void requireRoom() {
        S3Upload begun = upload;
        if ((begun == null ? 0 : begun.parts()) + 2 > plan.maxParts()) {
            throw new Failed(
                    ErrorCode.STORE_UNSUITABLE,
                    "'" + key + "' is longer than " + plan.maxParts() + " parts of " + plan.partBytes() + " bytes, and "
                            + at.location() + " takes no more of them",
                    "Set 'part-size' to more than the length of the file divided by " + plan.maxParts() + ".");
        }
    }

    private void ship(PartBuffer part) {
        S3Upload begun = upload;
        if (begun == null) {
            begun = S3Upload.begin(at, request(), token, plan.atOnce());
            upload = begun;
        }
        filling = null;
        begun.send(part);
    }

    private CreateMultipartUploadRequest.Builder request() {
        return CreateMultipartUploadRequest.builder()
                .bucket(at.bucket())
                .key(key)
                .contentType(facts.contentType())
                .metadata(metadata());
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new HashMap<>();
        facts.metadata().forEach((name, value) -> metadata.put(name, value.strip()));
        metadata.put(TOKEN, token);
        return metadata;
    }

    @Override
    public void commit() {
        PartBuffer last = filling();
        if (upload == null && written <= SINGLE_MAX) {
            put(last);
        } else {
            ship(last);
            complete();
        }
        prove();
    }

    private void put(PartBuffer content) {
        try {
            put(content, !replace);
        } catch (SdkException e) {
            if (!replace && S3Failures.isNotImplemented(e)) {
                requireFree();
                put(content, false);
            } else if (!isOurs()) {
                throw refused(e, at.failure("cannot write", key, e));
            }
        }
    }

    private void put(PartBuffer content, boolean once) {
        PartBuffer.Sums sums = content.sums();
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(at.bucket())
                .key(key)
                .contentType(facts.contentType())
                .metadata(metadata())
                .contentLength(written)
                .contentMD5(sums.md5());
        switch (sums.kind()) {
            case MD5 -> {}
            case CRC32 -> request.checksumCRC32(sums.crc32());
            case SHA256 -> request.checksumSHA256(sums.sha256());
        }
        if (once) {
            request.ifNoneMatch("*");
        }
        at.clients()
                .repeatingWhole()
                .putObject(
                        at.kept(request), RequestBody.fromContentProvider(content::open, written, facts.contentType()));
    }

    private void complete() {
        S3Upload begun = upload;
        if (begun == null) {
            throw new IllegalStateException("not begun");
        }
        try {
            if (!replace) {
                requireFree();
            }
            begun.complete(!replace);
        } catch (SdkException e) {
            if (!isOurs()) {
                throw refused(e, begun.incomplete(e));
            }
            begun.completed();
        }
    }

    private void requireFree() {
        if (at.look(key).isPresent()) {
            throw at.exists(key, null);
        }
    }

    private RuntimeException refused(SdkException e, RuntimeException otherwise) {
        boolean taken = S3Failures.isPreconditionFailed(e)
                || (e instanceof S3Exception answer
                        && answer.statusCode() == 409
                        && at.look(key).isPresent());
        return !replace && taken ? at.exists(key, e) : otherwise;
    }

    /** Whether what is there is this file, because a request did its work and its answer got lost. */
    private boolean isOurs() {
        return at.look(key)
                .filter(found -> token.equals(found.metadata().get(TOKEN)))
                .filter(found -> found.contentLength() == written)
                .isPresent();
    }

    /** Some servers ignore conditions, and some lose a part: what is there now decides. */
    private void prove() {
        HeadObjectResponse found = at.look(key)
                .orElseThrow(() -> new Unavailable(
                        ErrorCode.STORE_UNAVAILABLE,
                        "'" + key + "' in " + at.location() + " is not there after it was written",
                        "Check the server, and what else deletes there."));
        String other = found.metadata().get(TOKEN);
        if (other != null && !other.equals(token)) {
            if (replace) {
                return;
            }
            throw at.exists(key, null);
        }
        if (found.contentLength() != written) {
            at.client().deleteObject(r -> r.bucket(at.bucket()).key(key));
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + key + "' in " + at.location() + " has " + found.contentLength() + " bytes instead of "
                            + written + " after it was written",
                    "Check the server: it lost a part of an upload.");
        }
    }

    @Override
    public void close() {
        PartBuffer part = filling;
        if (part != null) {
            filling = null;
            part.close();
        }
        S3Upload begun = upload;
        if (begun != null) {
            upload = null;
            begun.close();
        }
    }
}
