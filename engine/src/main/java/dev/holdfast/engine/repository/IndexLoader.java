package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.index.IndexRun;
import dev.holdfast.engine.pack.PackScanner;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.store.StoreKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Loads the index runs that count; where one is damaged everywhere, the packs' own directories take its place. */
final class IndexLoader {
    private final Replicas replicas;
    private final RepositoryKeys keys;

    IndexLoader(Replicas replicas, RepositoryKeys keys) {
        this.replicas = replicas;
        this.keys = keys;
    }

    /** What was loaded, and what was found on the way. */
    record Loaded(ChunkIndex index, List<Finding> findings) {}

    /**
     * @param scanIfDamaged whether packs are scanned where a run is damaged: right for reading; wrong for writing, because a
     *     scan also finds packs that no run will ever name
     */
    Loaded load(RepositoryState state, boolean scanIfDamaged) {
        ChunkIndex index = new ChunkIndex();
        List<Finding> findings = new ArrayList<>();
        state.damaged().forEach(e -> findings.add(new Finding("repository", e.getMessage())));
        for (StoreKey run : state.runs()) {
            try {
                index.add(RepositoryState.readDocument(
                        FileKind.INDEX_RUN, run, replicas, keys, content -> IndexRun.decode(content, run)));
            } catch (Damaged | Missing e) {
                findings.add(new Finding(run.name(), e.getMessage()));
            }
        }
        if (scanIfDamaged && !findings.isEmpty()) {
            scanPacks(index, findings);
        }
        return new Loaded(index, findings);
    }

    private void scanPacks(ChunkIndex index, List<Finding> findings) {
        for (FileKind kind : List.of(FileKind.DATA_PACK, FileKind.NODE_PACK)) {
            replicas.list(kind.folder()).forEach((key, where) -> {
                if (!index.knows(key)) {
                    scanPack(index, key, kind, where, findings);
                }
            });
        }
    }

    private void scanPack(
            ChunkIndex index, StoreKey key, FileKind kind, Map<Replica, Long> where, List<Finding> findings) {
        HoldfastException failure = null;
        for (Replica replica : where.keySet()) {
            try {
                PackScanner.Scanned scanned = PackScanner.scan(replica.store(), key, kind, keys);
                IndexRun.Builder run = new IndexRun.Builder();
                run.add(scanned.pack(), scanned.entries());
                index.add(IndexRun.decode(run.encode(), key));
                return;
            } catch (HoldfastException e) {
                failure = Replicas.worse(failure, e);
            }
        }
        if (failure != null) {
            findings.add(new Finding(key.name(), failure.getMessage()));
        }
    }
}
