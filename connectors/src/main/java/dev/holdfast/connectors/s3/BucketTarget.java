package dev.holdfast.connectors.s3;

import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CreateBucketConfiguration;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket, or a prefix in it, that takes a part's objects with their metadata and tags. A missing bucket is created. Objects
 * appear one by one, as S3 knows no other way; with {@code overwrite}, what is there and not in the snapshot is deleted
 * only when everything else was restored. Each object is checked against what the server says it has stored.
 */
public final class BucketTarget implements Target {
    /** Objects in work at once: each holds some MiB. */
    private static final int AT_ONCE = 16;

    private final S3Location location;
    private final S3Clients clients;
    private final S3Failures failures;
    private @Nullable Boolean overwrite;

    public BucketTarget(S3Location location) {
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

    /** Whether something is already there that a restore would replace. */
    public boolean occupied() {
        return exists() && !firstPage().isEmpty();
    }

    private boolean exists() {
        try {
            firstPage();
            return true;
        } catch (Missing e) {
            return false;
        }
    }

    private List<S3Object> firstPage() {
        try {
            return client().listObjectsV2(r -> r.bucket(location.bucket())
                            .prefix(location.prefix())
                            .maxKeys(1))
                    .contents();
        } catch (SdkException e) {
            throw failures.of("cannot list", e);
        }
    }

    @Override
    public RestorePlan plan(PartReader part, boolean overwriteAllowed) {
        RestorePlan.Builder plan = RestorePlan.of(part);
        boolean exists = exists();
        if (!exists) {
            plan.step("Bucket '" + location.bucket() + "' is created.");
        }
        plan.step("Objects are written to " + location + " one by one.");
        boolean occupied = exists && !firstPage().isEmpty();
        if (occupied && !overwriteAllowed) {
            return plan.obstacle(new AlreadyExists(
                            ErrorCode.BUCKET_NOT_EMPTY,
                            location + " is not empty",
                            "Restore into another bucket or prefix with --to, or replace what is there with"
                                    + " --overwrite."))
                    .build();
        }
        overwrite = overwriteAllowed;
        if (!occupied) {
            return plan.build();
        }
        return plan.step("Objects that the snapshot does not have are deleted last.")
                .loss("Everything at " + location + " will be replaced.")
                .build();
    }

    @Override
    public RestoreReport restore(PartReader part, Progress progress) {
        if (overwrite == null) {
            throw new IllegalStateException("restore before preflight");
        }
        if (!exists()) {
            createBucket();
        }
        progress.expect(part.entryCount(), part.contentBytes());
        ObjectRestorer restorer = new ObjectRestorer(clients, location, failures, part, overwrite);
        long[] entries = {0};
        long[] bytes = {0};
        try (OrderedWorkers<Entry> workers = workers(done -> {
            entries[0]++;
            bytes[0] += done.content().bytes();
            progress.advance(1, done.content().bytes());
        })) {
            EntryCursor all = part.entries();
            for (Entry entry = all.next(); entry != null; entry = all.next()) {
                Entry one = entry;
                workers.submit(() -> {
                    restorer.restore(one);
                    return one;
                });
            }
            workers.finish();
        }
        if (overwrite) {
            deleteOthers(part);
        }
        return new RestoreReport(entries[0], bytes[0], restorer.findings());
    }

    private void createBucket() {
        CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(location.bucket());
        if (location.endpoint().isEmpty() && !location.region().equals("us-east-1")) {
            request.createBucketConfiguration(CreateBucketConfiguration.builder()
                    .locationConstraint(location.region())
                    .build());
        }
        try {
            client().createBucket(request.build());
        } catch (SdkException e) {
            throw failures.of("cannot create the bucket", e);
        }
    }

    /** Deletes what lies under the prefix and is not in the part; last of all. */
    private void deleteOthers(PartReader part) {
        EntryCursor wanted = part.entries();
        Entry at = wanted.next();
        try (OrderedWorkers<String> workers = workers(deleted -> {})) {
            ListingPages pages =
                    new ListingPages(client(), location.bucket(), location.prefix(), 1000, location.toString());
            for (List<S3Object> page = pages.next(); page != null; page = pages.next()) {
                for (S3Object object : page) {
                    EntryKey key =
                            EntryKey.of(object.key().substring(location.prefix().length()));
                    while (at != null && at.key().compareTo(key) < 0) {
                        at = wanted.next();
                    }
                    if (at == null || !at.key().equals(key)) {
                        workers.submit(() -> delete(object.key()));
                    }
                }
            }
            workers.finish();
        } catch (SdkException e) {
            throw failures.of("cannot list", e);
        }
    }

    private String delete(String key) {
        try {
            client().deleteObject(r -> r.bucket(location.bucket()).key(key));
            return key;
        } catch (SdkException e) {
            throw failures.of("cannot delete '" + EntryKey.of(key) + "'", e);
        }
    }

    private <T> OrderedWorkers<T> workers(Consumer<T> results) {
        int atOnce = Math.min(AT_ONCE, location.connections());
        return new OrderedWorkers<>(Executors.newVirtualThreadPerTaskExecutor(), atOnce, atOnce * 64, results);
    }

    private S3Client client() {
        return clients.repeating();
    }

    @Override
    public void close() {
        clients.close();
    }
}
