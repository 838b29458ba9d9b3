package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.store.RetryingStore;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * A bucket, or a prefix of it, that keeps exported files. A file is streamed: by one request up to 16 MiB, else as an upload in
 * equal parts. What may not replace anything carries {@code If-None-Match: *} and is looked for before and after, because some
 * servers ignore the condition at the end of an upload in parts. Calls are repeated for about a minute while a server has trouble.
 *
 * <p>In a bucket with versions a deleted file is gone from its name; its versions stay until a rule of the bucket removes them.
 *
 * <p>Safe for many threads.
 */
public final class S3Place implements FilePlace {
    /** Longest life of a signed address (Signature Version 4). */
    private static final Duration LONGEST_LINK = Duration.ofDays(7);

    /**
     * What tests make smaller.
     *
     * @param patience how a call is repeated
     * @param silence how long to wait for an answer
     * @param copyBytes longest object that is copied by one request
     */
    record Bounds(RetryingStore.Policy patience, Duration silence, long copyBytes) {
        /** Nine calls within about a minute. */
        static final Bounds DEFAULT = new Bounds(
                new RetryingStore.Policy(9, Duration.ofMillis(500), Duration.ofSeconds(15)),
                Duration.ofMinutes(2),
                PlaceCopy.AT_ONCE);
    }

    private final PlaceBucket at;
    private final Bounds bounds;

    /**
     * @param location where; its prefix is a folder, a missing {@code /} at its end is added
     * @param clock tells until when a lock lasts
     */
    public S3Place(S3Location location, S3PlaceSettings settings, InstantSource clock) {
        this(location, settings, clock, Bounds.DEFAULT);
    }

    S3Place(S3Location location, S3PlaceSettings settings, InstantSource clock, Bounds bounds) {
        S3Location trimmed = location.withoutSlashes();
        this.bounds = bounds;
        at = new PlaceBucket(
                trimmed,
                location.folder(),
                new S3Clients(location, bounds.patience(), bounds.silence()),
                S3Failures.ofPlace(trimmed),
                settings,
                clock);
    }

    @Override
    public String location() {
        return at.location().uri();
    }

    @Override
    public String location(FileName name) {
        return location() + "/" + name;
    }

    @Override
    public void prepare() {
        at.home().prepare(at.settings().lock().isPresent());
    }

    @Override
    public ExportFile create(FileName name, FileFacts facts, boolean replace) {
        if (UploadMarker.is(name.text())) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + name + "' is a name of files that are not finished",
                    "change the pattern that names the files.");
        }
        return new S3PlacedFile(at, at.key(name), location(name), facts, replace);
    }

    @Override
    public InputStream open(FileName name) {
        return ResumingBody.open(at, at.key(name), bounds.patience());
    }

    @Override
    public Optional<PlacedFile> find(FileName name) {
        return UploadMarker.is(name.text())
                ? Optional.empty()
                : at.look(at.key(name)).map(found -> placed(name, found));
    }

    private static PlacedFile placed(FileName name, HeadObjectResponse found) {
        long bytes = Objects.requireNonNull(found.contentLength(), "no Content-Length");
        return new PlacedFile(name, bytes, found.lastModified());
    }

    @Override
    public void list(String prefix, Consumer<PlacedFile> consumer) {
        try {
            ListingPages pages = new ListingPages(
                    at.client(),
                    at.bucket(),
                    at.folder() + prefix,
                    1000,
                    at.location().toString());
            for (List<S3Object> page = pages.next(); page != null; page = pages.next()) {
                page.forEach(object -> tell(object, consumer));
            }
        } catch (SdkException e) {
            throw at.failures().of("cannot list '" + prefix + "'", e);
        }
    }

    private void tell(S3Object object, Consumer<PlacedFile> consumer) {
        String text = object.key().substring(at.folder().length());
        FileName name = UploadMarker.is(text) ? null : nameOf(text);
        if (name != null) {
            consumer.accept(new PlacedFile(name, object.size(), object.lastModified()));
        }
    }

    private static @Nullable FileName nameOf(String text) {
        try {
            return new FileName(text);
        } catch (Invalid e) {
            // foreign objects may have names that no file here has
            return null;
        }
    }

    @Override
    public void delete(FileName name) {
        String key = at.key(name);
        try {
            at.client().deleteObject(r -> r.bucket(at.bucket()).key(key));
        } catch (SdkException e) {
            if (!S3Failures.isNotFound(e) || S3Failures.isNoBucket(e)) {
                throw at.failure("cannot delete", key, e);
            }
        }
        if (at.look(key).isPresent()) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + key + "' in " + at.location() + " is still there after it was deleted",
                    "See whether it is locked, or something else writes it.");
        }
    }

    @Override
    public void point(FileName name, FileName target) {
        new PlaceCopy(at, bounds.copyBytes()).make(at.key(name), at.key(target));
    }

    /**
     * @param lasting at most 7 days; keys that were lent for a while end it earlier
     * @throws Invalid (USAGE) if it is longer, or nothing
     */
    @Override
    public Optional<URI> link(FileName name, Duration lasting) {
        if (!lasting.isPositive() || lasting.compareTo(LONGEST_LINK) > 0) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "a link to '" + name + "' cannot last " + lasting,
                    "let it last up to " + LONGEST_LINK.toDays() + " days.");
        }
        try (S3Presigner presigner = at.clients().presigner()) {
            return Optional.of(URI.create(presigner
                    .presignGetObject(r -> r.signatureDuration(lasting)
                            .getObjectRequest(g -> g.bucket(at.bucket())
                                    .key(at.key(name))
                                    .responseContentDisposition(disposition(name.last()))))
                    .url()
                    .toExternalForm()));
        } catch (SdkException e) {
            throw at.failure("cannot make a link to", at.key(name), e);
        }
    }

    /** The name that a browser saves it under (RFC 6266). */
    private static String disposition(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9 ._-]", "_");
        String exact = URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
        return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + exact;
    }

    @Override
    public int sweepUnfinished(Instant olderThan) {
        try {
            return new UploadMarker(at).sweep(olderThan);
        } catch (SdkException e) {
            throw at.failures().of("cannot sweep unfinished uploads", e);
        }
    }

    @Override
    public void close() {
        at.clients().close();
    }
}
