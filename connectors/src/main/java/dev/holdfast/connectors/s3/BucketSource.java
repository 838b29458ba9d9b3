package dev.holdfast.connectors.s3;

import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Checkup;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Diagnosis.Severity;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket, or what lies under a prefix in it. The listing is joined with the previous snapshot in constant memory; an
 * object with the {@code ETag}, length and time it had then is taken over without any request of its own. New and changed
 * ones are read in parallel, each body under the {@code ETag} that was listed.
 *
 * <p>A bucket has no moment that could be frozen: what is captured is each object as it was at some moment of the interval
 * that the details name. An object that disappears meanwhile is left out, one that is replaced is read as it then is; both
 * are counted. Keys are those of the bucket without the prefix.
 */
public final class BucketSource implements Source {
    private static final int AHEAD = 4096;

    private final S3Location location;
    private final InstantSource clock;
    private final S3Clients clients;
    private final S3Failures failures;

    public BucketSource(S3Location location, InstantSource clock) {
        this.location = location;
        this.clock = clock;
        clients = new S3Clients(location);
        failures = S3Failures.ofBucket(location);
    }

    @Override
    public String kind() {
        return "bucket";
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public void preflight() {
        List<S3Object> first;
        try {
            first = client().listObjectsV2(r -> r.bucket(location.bucket())
                            .prefix(location.prefix())
                            .maxKeys(1))
                    .contents();
        } catch (SdkException e) {
            throw failures.of("cannot list", e);
        }
        if (!first.isEmpty()) {
            readOneByte(first.getFirst().key());
        }
    }

    @Override
    public Checkup diagnose() {
        Checkup access = Source.super.diagnose();
        if (access.diagnoses().getFirst().severity() == Severity.PROBLEM || !isEmpty()) {
            return access;
        }
        return new Checkup(
                List.of(
                        access.diagnoses().getFirst(),
                        Diagnosis.warning(
                                "contents",
                                location() + " has no object",
                                "a backup is made of nothing",
                                "look for a typing error in bucket and prefix.")),
                OptionalLong.empty());
    }

    private boolean isEmpty() {
        try {
            return client().listObjectsV2(r -> r.bucket(location.bucket())
                            .prefix(location.prefix())
                            .maxKeys(1))
                    .contents()
                    .isEmpty();
        } catch (SdkException e) {
            throw failures.of("cannot list", e);
        }
    }

    private void readOneByte(String key) {
        try (ResponseInputStream<GetObjectResponse> object =
                client().getObject(r -> r.bucket(location.bucket()).key(key).range("bytes=0-0"))) {
            object.abort();
        } catch (S3Exception e) {
            if (S3Failures.isAboutTheObject(e)) {
                throw unreadable(key, e);
            }
            if (e.statusCode() != 416 && e.statusCode() != 404) {
                throw failures.of("cannot read '" + key + "'", e);
            }
        } catch (SdkException | IOException e) {
            throw failures.of("cannot read '" + key + "'", SdkException.create(e.getMessage(), e));
        }
    }

    static AccessDenied unreadable(String key, S3Exception e) {
        String code = S3Failures.code(e);
        return new AccessDenied(
                ErrorCode.OBJECT_UNREADABLE,
                "cannot read object '" + EntryKey.of(key) + "': HTTP " + e.statusCode()
                        + (code.isEmpty() ? "" : " " + code),
                code.equals("InvalidObjectState")
                        ? "It is archived: bring it back to a class that can be read, or leave its prefix out."
                        : "Allow s3:GetObject on every object of the bucket.",
                e);
    }

    @Override
    public void freeze() {
        // a bucket has no moment to hold on to
    }

    @Override
    public Map<String, String> capture(PartWriter part) {
        return new Capture(part).run();
    }

    @Override
    public void close() {
        clients.close();
    }

    private S3Client client() {
        return clients.repeating();
    }

    /** One capture: joins two ascending sequences, the listing and the previous snapshot. */
    private final class Capture {
        private final PartWriter part;
        private final EntryCursor previous;
        private final Instant began = clock.instant();
        private final ObjectReader reader;
        private final ListingGuard guard;
        private @Nullable Entry known;

        Capture(PartWriter part) {
            this.part = part;
            previous = part.previous();
            known = previous.next();
            reader = new ObjectReader(client(), location, failures, part);
            guard = new ListingGuard(client(), location, failures, began);
        }

        Map<String, String> run() {
            try (OrderedWorkers<Optional<Captured>> workers = new OrderedWorkers<>(
                    Executors.newVirtualThreadPerTaskExecutor(), location.connections(), AHEAD, this::add)) {
                ListingPages pages =
                        new ListingPages(client(), location.bucket(), location.prefix(), 1000, location.toString());
                for (List<S3Object> page = pages.next(); page != null; page = pages.next()) {
                    part.progress()
                            .expect(
                                    page.size(),
                                    page.stream().mapToLong(S3Object::size).sum());
                    for (S3Object object : page) {
                        take(object, workers);
                    }
                }
                skipKnown(null);
                workers.finish();
            } catch (SdkException e) {
                throw failures.of("cannot list", e);
            }
            guard.check();
            reader.tellFindings();
            return details();
        }

        private void take(S3Object object, OrderedWorkers<Optional<Captured>> workers) {
            EntryKey key = EntryKey.of(object.key().substring(location.prefix().length()));
            guard.listed(object);
            skipKnown(key);
            Entry before = known != null && known.key().equals(key) ? known : null;
            if (before != null) {
                known = previous.next();
            }
            if (before != null && BucketEntry.isUnchanged(before, object)) {
                workers.done(Optional.of(new Captured(before, Change.UNCHANGED)));
            } else {
                Change change = before == null ? Change.NEW : Change.CHANGED;
                workers.submit(() -> reader.read(key, object).map(entry -> new Captured(entry, change)));
            }
        }

        /** Passes over known objects that the listing does not show (any more). */
        private void skipKnown(@Nullable EntryKey upTo) {
            for (Entry at = known; at != null && (upTo == null || at.key().compareTo(upTo) < 0); at = known) {
                guard.gone(at);
                known = previous.next();
            }
        }

        private void add(Optional<Captured> captured) {
            captured.ifPresent(c -> {
                part.add(c.entry(), c.change());
                part.progress().advance(1, c.entry().content().bytes());
            });
        }

        private Map<String, String> details() {
            Map<String, String> details = new TreeMap<>();
            details.put("began", began.toString());
            details.put("ended", clock.instant().toString());
            details.put("listed", Long.toString(guard.listedCount()));
            details.put("vanished", Long.toString(reader.vanished()));
            details.put("replaced", Long.toString(reader.replaced()));
            details.put("versioning", versioning());
            return details;
        }

        private String versioning() {
            try {
                String status = client().getBucketVersioning(r -> r.bucket(location.bucket()))
                        .statusAsString();
                return status == null ? "never" : status.toLowerCase(Locale.ROOT);
            } catch (SdkException e) {
                HoldfastException failure = failures.of("cannot ask for versioning", e);
                if (failure instanceof AccessDenied || S3Failures.isNotImplemented(e)) {
                    return "unknown";
                }
                throw failure;
            }
        }
    }

    private record Captured(Entry entry, Change change) {}
}
