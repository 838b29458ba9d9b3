package dev.holdfast.connectors.s3;

import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Compares a part with a bucket, both ways: every object of either side, all bytes, headers, metadata and tags. An equal
 * {@code ETag} proves nothing here: contents are read.
 */
public final class BucketComparer implements Comparer {
    private static final int AT_ONCE = 16;
    private static final int TRIES = 4;

    /** What servers say of an object that was stored without a type. */
    private static final Set<String> NO_TYPE = Set.of("binary/octet-stream", "application/octet-stream");

    private final S3Location location;
    private final S3Clients clients;
    private final S3Failures failures;

    public BucketComparer(S3Location location) {
        this.location = location;
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
    public long compare(PartReader part, DifferenceListener differences, Progress progress) {
        progress.expect(part.entryCount(), part.contentBytes());
        Comparison comparison = new Comparison(part, differences, progress);
        try {
            return comparison.run();
        } catch (SdkException e) {
            throw failures.of("cannot list", e);
        }
    }

    @Override
    public void close() {
        clients.close();
    }

    private final class Comparison {
        private final PartReader part;
        private final DifferenceListener differences;
        private final Progress progress;
        private final TagReader tags = new TagReader(clients.repeating(), location, failures);
        private final EntryCursor entries;
        private long compared;
        private @Nullable Entry at;

        Comparison(PartReader part, DifferenceListener differences, Progress progress) {
            this.part = part;
            this.differences = differences;
            this.progress = progress;
            entries = part.entries();
            at = entries.next();
        }

        long run() {
            int atOnce = Math.min(AT_ONCE, location.connections());
            try (OrderedWorkers<Entry> workers = new OrderedWorkers<>(
                    Executors.newVirtualThreadPerTaskExecutor(),
                    atOnce,
                    atOnce * 64,
                    done -> progress.advance(1, done.content().bytes()))) {
                ListingPages pages = new ListingPages(
                        clients.repeating(), location.bucket(), location.prefix(), 1000, location.toString());
                for (List<S3Object> page = pages.next(); page != null; page = pages.next()) {
                    page.forEach(object -> take(object, workers));
                }
                tellMissing(null);
                workers.finish();
            }
            return compared;
        }

        private void take(S3Object object, OrderedWorkers<Entry> workers) {
            EntryKey key = EntryKey.of(object.key().substring(location.prefix().length()));
            tellMissing(key);
            compared++;
            Entry entry = at;
            if (entry == null || !entry.key().equals(key)) {
                differences.differs(
                        key.toString(), "is in the bucket (" + object.size() + " bytes), not in the snapshot");
                return;
            }
            at = entries.next();
            workers.submit(() -> {
                compareObject(object.key(), entry);
                return entry;
            });
        }

        private void tellMissing(@Nullable EntryKey upTo) {
            for (Entry entry = at; entry != null && (upTo == null || entry.key().compareTo(upTo) < 0); entry = at) {
                compared++;
                differences.differs(
                        entry.key().toString(),
                        "is in the snapshot (" + entry.content().bytes() + " bytes), not in the bucket");
                at = entries.next();
            }
        }

        private void compareObject(String key, Entry entry) {
            for (int attempt = 1; ; attempt++) {
                try {
                    compareOnce(key, entry);
                    return;
                } catch (S3Exception e) {
                    if (!S3Failures.isNotFound(e) || S3Failures.isNoBucket(e)) {
                        throw S3Failures.isAboutTheObject(e)
                                ? BucketSource.unreadable(key, e)
                                : failures.of("cannot read '" + entry.key() + "'", e);
                    }
                    differences.differs(entry.key().toString(), "disappeared from the bucket while it was compared");
                    return;
                } catch (SdkException e) {
                    throw failures.of("cannot read '" + entry.key() + "'", e);
                } catch (IOException e) {
                    if (attempt == TRIES) {
                        throw new Unavailable(
                                ErrorCode.BUCKET_UNAVAILABLE,
                                "reading '" + entry.key() + "' in " + location + " broke off: " + e.getMessage(),
                                "Check the network and the server.",
                                e);
                    }
                }
            }
        }

        private void compareOnce(String key, Entry entry) throws IOException {
            try (WholeBody body = new WholeBody(clients.repeating()
                    .getObject(r -> r.bucket(location.bucket()).key(key)))) {
                GetObjectResponse object = body.response();
                long bytes = object.contentLength();
                String subject = entry.key().toString();
                if (bytes != entry.content().bytes()) {
                    differences.differs(
                            subject,
                            "has " + bytes + " bytes, in the snapshot "
                                    + entry.content().bytes());
                } else if (!part.matches(entry.content(), body)) {
                    differences.differs(subject, "has other content of the same length, " + bytes + " bytes");
                }
                compareAttributes(key, entry, object);
            }
        }

        private void compareAttributes(String key, Entry entry, GetObjectResponse object) {
            SortedMap<String, String> live = BucketEntry.restorable(object);
            SortedMap<String, String> objectTags = tags.of(key, object);
            if (!objectTags.isEmpty()) {
                live.put(BucketEntry.TAGS, BucketEntry.encode(objectTags));
            }
            SortedMap<String, String> kept = kept(entry.attributes());
            TreeSet<String> names = new TreeSet<>(live.keySet());
            names.addAll(kept.keySet());
            for (String name : names) {
                String ours = normal(name, kept.get(name));
                String theirs = normal(name, live.get(name));
                if (!ours.equals(theirs)) {
                    differences.differs(
                            entry.key().toString(), name + " is '" + theirs + "', in the snapshot '" + ours + "'");
                }
            }
        }

        private static SortedMap<String, String> kept(Attributes attributes) {
            SortedMap<String, String> kept = new TreeMap<>();
            for (String name : BucketEntry.COMPARED) {
                attributes.text(name).ifPresent(value -> kept.put(name, value));
            }
            return kept;
        }

        private static String normal(String name, @Nullable String value) {
            if (value == null) {
                return "";
            }
            boolean usual = (name.equals(BucketEntry.CONTENT_TYPE) && NO_TYPE.contains(value))
                    || (name.equals(BucketEntry.STORAGE_CLASS) && value.equals("STANDARD"));
            return usual ? "" : value;
        }
    }
}
