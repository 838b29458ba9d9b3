package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Tree;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One export of one snapshot on its way into one place. For one thread; only what a file is, is written down by the thread of that file,
 * and the files of a tree, and their failures, may be of several threads.
 */
final class Attempt {
    private final Target target;
    private final Map<FileName, byte[]> sidecars = new ConcurrentHashMap<>();
    private final Set<String> noted = new HashSet<>();
    private volatile LedgerEntry entry;
    private boolean begun;
    private volatile @Nullable HoldfastException failure;

    Attempt(Target target, LedgerEntry entry) {
        this.target = target;
        this.entry = entry;
        UnderWay.begun(entry.id());
        target.failure().ifPresent(reason -> failure = reason);
    }

    /** A file of this attempt among those that one stream goes to. */
    private class Lane implements Broadcast.Lane {
        private final ExportFile file;

        Lane(ExportFile file) {
            this.file = file;
        }

        @Override
        public ExportFile file() {
            return file;
        }

        @Override
        public boolean isOpen() {
            return Attempt.this.isOpen();
        }

        @Override
        public void announce(Sum sum) {
            // the list of the tree that it belongs to has it
        }

        @Override
        public void fail(HoldfastException reason) {
            Attempt.this.fail(reason);
        }
    }

    Target target() {
        return target;
    }

    LedgerEntry entry() {
        return entry;
    }

    boolean isOpen() {
        return failure == null;
    }

    /** Why it is not. */
    Optional<HoldfastException> failure() {
        return Optional.ofNullable(failure);
    }

    synchronized void fail(HoldfastException reason) {
        if (failure == null) {
            failure = reason;
            target.fail(reason);
        }
    }

    /** What was to be written could not be read, which says nothing about the place. */
    void abandon(HoldfastException reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Does something here; if it fails, only this attempt has failed. */
    void guard(Runnable work) {
        if (isOpen()) {
            try {
                work.run();
            } catch (HoldfastException e) {
                fail(e);
            }
        }
    }

    /** Makes room where an earlier attempt was cut off, then writes down what will be written: after that its names are taken. */
    void begin(FilePlan plan) {
        target.reread();
        Removal removal = new Removal(target.place(), target.contents());
        removal.remove(target.contents().of(entry.stack()).stream()
                .filter(stored -> stored.entry().export().equals(entry.export()))
                .filter(stored -> ExportRetention.isUnfinished(stored, target.contents()))
                .map(Ledger.Stored::entry)
                .toList());
        entry = entry.with(plan.files(entry, name -> !target.hasNewerThan(entry.snapshot(), name)));
        begun = true;
        rewrite();
        target.reread();
    }

    synchronized void rewrite() {
        target.ledger().write(entry);
    }

    /** The files of a part, under all their names. */
    List<Broadcast.Lane> lanes(Part part, FileFacts facts, Set<Checksum> checksums) {
        List<Broadcast.Lane> lanes = new ArrayList<>();
        guard(() -> entry.files().stream()
                .filter(file -> file.part().equals(part.name()))
                .map(file ->
                        new Lane(target.place().create(file.name(), facts, file.replaceable() && isOurs(file.name()))) {
                            @Override
                            public void announce(Sum sum) {
                                note(part, sum, checksums);
                            }
                        })
                .forEach(lanes::add));
        return lanes;
    }

    /** The folder of a part that becomes a tree. */
    FileName folder(Part part) {
        return tree(part).name();
    }

    private Written tree(Part part) {
        return entry.files().stream()
                .filter(file -> file.part().equals(part.name()) && file.tree().isPresent())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("part '" + part.name() + "' is no tree"));
    }

    /** The list of a tree's files; empty if this is out. */
    Optional<Broadcast.Lane> listLane(Part part, TreeSurvey survey) {
        return lane(() -> {
            FileName list = tree(part).tree().orElseThrow().list();
            return new Lane(target.place().create(list, FileFacts.of("application/x-ndjson"), false)) {
                @Override
                public void announce(Sum sum) {
                    note(part, list, sum, survey);
                }
            };
        });
    }

    /** A file of a tree; empty if this is out. */
    Optional<Broadcast.Lane> treeLane(FileName name, FileFacts facts) {
        return lane(() -> new Lane(target.place().create(name, facts, false)));
    }

    private Optional<Broadcast.Lane> lane(Supplier<Lane> made) {
        List<Broadcast.Lane> lanes = new ArrayList<>();
        guard(() -> lanes.add(made.get()));
        return lanes.stream().findFirst();
    }

    /** Whether what has a name now is known to be written by this stack's exports, or nothing is there. */
    private boolean isOurs(FileName name) {
        Optional<PlacedFile> found = target.place().find(name);
        return found.isPresent()
                && target.own().stream()
                        .flatMap(other -> other.files().stream())
                        .anyMatch(file ->
                                file.name().equals(name) && Fingerprint.matches(target.place(), file, found.get()));
    }

    /** Writes down what the files of a part are before the first of them can be seen. */
    private synchronized void note(Part part, Sum sum, Set<Checksum> checksums) {
        requireOpen();
        if (noted.contains(part.name())) {
            return;
        }
        List<Written> files = new ArrayList<>(entry.files());
        for (Written file : entry.files()) {
            if (file.part().equals(part.name())) {
                finish(files, file.name(), sum.bytes(), sum.digest(Checksum.SHA256));
                for (Checksum checksum : checksums) {
                    byte[] line =
                            checksum.line(sum.digest(checksum), file.name()).getBytes(StandardCharsets.UTF_8);
                    sidecars.put(checksum.beside(file.name()), line);
                }
            }
        }
        entry = entry.with(files);
        rewrite();
        noted.add(part.name());
    }

    /** Writes down what a tree is before its list can be seen, and so before any of its files. */
    private synchronized void note(Part part, FileName list, Sum sum, TreeSurvey survey) {
        requireOpen();
        List<Written> files = new ArrayList<>(entry.files());
        files.replaceAll(file -> file.part().equals(part.name()) && file.tree().isPresent()
                ? file.finished(survey.bytes(), sum.digest(Checksum.SHA256))
                        .with(new Tree(list, sum.bytes(), survey.files(), Optional.empty()))
                : file);
        entry = entry.with(files);
        rewrite();
    }

    /** What was found under a name of an attempt that is out is not its own, even if it is equal, and must not be taken for it. */
    private void requireOpen() {
        HoldfastException reason = failure;
        if (reason != null) {
            throw reason;
        }
    }

    private static void finish(List<Written> files, FileName name, long bytes, String digest) {
        files.replaceAll(file -> file.name().equals(name) ? file.finished(bytes, digest) : file);
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Checksum.SHA256.newDigest().digest(bytes));
    }

    void writeSidecars() {
        sidecars.forEach((name, line) -> small(name, line, "text/plain"));
        sidecars.clear();
    }

    /** Writes down what it is before it can be seen, and after it was looked that nothing has its name. */
    private void small(FileName name, byte[] bytes, String contentType) {
        boolean replaceable =
                entry.files().stream().anyMatch(file -> file.name().equals(name) && file.replaceable());
        try (ExportFile file = target.place().create(name, FileFacts.of(contentType), replaceable && isOurs(name))) {
            file.preflight();
            List<Written> files = new ArrayList<>(entry.files());
            finish(files, name, bytes.length, sha256(bytes));
            entry = entry.with(files);
            rewrite();
            file.write(bytes, 0, bytes.length);
            file.commit();
        }
    }

    /** Writes the manifest, looks whether everything is there, and says so. */
    void end(byte[] manifest) {
        small(entry.files().getLast().name(), manifest, "application/json");
        entry = entry.with(entry.files().stream().map(this::seen).toList());
        LedgerEntry whole = entry.with(State.WHOLE);
        target.ledger().write(whole);
        entry = whole;
        target.reread();
    }

    private Written seen(Written file) {
        if (file.tree().isPresent()) {
            return new KeptTree(target.place(), file).seen();
        }
        PlacedFile found = target.place()
                .find(file.name())
                .orElseThrow(() -> Delivery.notAsWritten(
                        target.place().location(file.name()), file.bytes().orElse(0), "is not there"));
        if (found.bytes() != file.bytes().orElse(-1)) {
            throw Delivery.notAsWritten(
                    target.place().location(file.name()), file.bytes().orElse(0), "has " + found.bytes());
        }
        return file.seen(found.modified());
    }

    /** Makes each part's link lead to its newest file; the export is whole without it, but people may rely on it. */
    Optional<Finding> point(FilePlan plan, Snapshot snapshot) {
        if (!entry.isWhole() || target.hasNewerThan(snapshot.id())) {
            return Optional.empty();
        }
        try {
            for (Written file : entry.contents()) {
                snapshot.part(file.part()).ifPresent(part -> target.place().point(plan.latest(part), file.name()));
            }
            return Optional.empty();
        } catch (HoldfastException e) {
            return Optional.of(new Finding(
                    target.place().location(), "a link to the newest file could not be made: " + e.getMessage()));
        }
    }

    /** What was written of an export that is not whole goes at once where it can, and else by its entry later. */
    void discardUnlessWhole() {
        // one that does not answer would only be waited for once more; the next run knows that nobody is at it
        boolean away = target.failure().filter(Unavailable.class::isInstance).isPresent();
        if (!begun || entry.isWhole() || away) {
            return;
        }
        try {
            new Removal(target.place(), target.ledger().read()).remove(List.of(entry));
        } catch (HoldfastException e) {
            // the place does not answer; the entry that was begun is there for the next run
            target.fail(e);
        }
    }

    PlacedExport result() {
        HoldfastException reason = failure;
        return new PlacedExport(
                entry.export(),
                entry.snapshot(),
                target.name(),
                target.place().location(),
                reason == null ? new PlacedExport.Outcome.Whole(entry) : new PlacedExport.Outcome.Failed(reason));
    }
}
