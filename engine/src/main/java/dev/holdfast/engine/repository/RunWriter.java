package dev.holdfast.engine.repository;

import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.index.IndexRun;
import dev.holdfast.engine.pack.PackEntry;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.store.StoreKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Writes the index runs of one session, each as soon as it is full. Safe for many threads. */
final class RunWriter {
    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final SecureRandom random;
    private final SnapshotId session;
    private final List<StoreKey> written = new ArrayList<>();
    private IndexRun.Builder collecting = new IndexRun.Builder();
    private long bytes;

    RunWriter(Replicas replicas, RepositoryKeys keys, SecureRandom random, SnapshotId session) {
        this.replicas = replicas;
        this.keys = keys;
        this.random = random;
        this.session = session;
    }

    synchronized void add(PackInfo pack, List<PackEntry> entries) {
        collecting.add(pack, entries);
        flush(IndexRun.MAX_CHUNKS);
    }

    synchronized void add(long high, long low, PackInfo pack, int offset, int length) {
        collecting.add(high, low, pack, offset, length);
        flush(IndexRun.MAX_CHUNKS);
    }

    private void flush(int least) {
        if (collecting.isEmpty() || collecting.size() < least) {
            return;
        }
        StoreKey key = new StoreKey(FileKind.INDEX_RUN.folder() + session + "-" + written.size());
        byte[] file = SealedDocument.seal(FileKind.INDEX_RUN, key, collecting.encode(), keys, random);
        replicas.create(key, file);
        written.add(key);
        bytes += file.length;
        collecting = new IndexRun.Builder();
    }

    /** Writes what is left and names all runs. */
    synchronized List<StoreKey> finish() {
        flush(0);
        return List.copyOf(written);
    }

    synchronized long bytes() {
        return bytes;
    }
}
