package dev.holdfast.control.export;

import dev.holdfast.connectors.archive.TreeExport;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a part to several places as a tree. It is read twice: once for what its files are, which goes into a list in each place, and
 * once for the files; so before the first of them can be seen, the place knows all of them. For one thread.
 */
final class TreeDelivery {
    private static final Set<Checksum> SUMS = Set.of(Checksum.SHA256);

    private final Part part;
    private final List<Attempt> attempts;
    private final Duration patience;
    private final Runnable beat;
    private final String prefix;
    private final TreeSurvey survey = new TreeSurvey();

    /**
     * @param attempts at least one; those that are not open are left out
     * @param patience how long one place may let the others wait, for each file
     * @param beat is called as writing goes on, by several threads
     */
    TreeDelivery(Part part, List<Attempt> attempts, Duration patience, Runnable beat) {
        this.part = part;
        this.attempts = attempts;
        this.patience = patience;
        this.beat = beat;
        this.prefix = attempts.getFirst().folder(part) + "/";
    }

    /** Reads the part for the first time. */
    void list(PartReader reader, Progress progress) {
        List<Broadcast.Lane> lanes = attempts.stream()
                .flatMap(attempt -> attempt.listLane(part, survey).stream())
                .toList();
        if (lanes.isEmpty()) {
            throw failure();
        }
        try (Broadcast list = new Broadcast(lanes, Set.of(), patience, beat)) {
            list.preflight();
            TreeExport tree = new TreeExport(
                    prefix,
                    (name, _) -> new SummedFile(new Nowhere(name), SUMS, sum -> survey.add(file(name, sum), list)));
            tree.preflight(reader);
            tree.export(reader, progress);
            list.commit();
        }
    }

    /** Reads it again, and writes the files. */
    ExportReport write(PartReader reader, Progress progress) {
        TreeExport tree = new TreeExport(
                prefix,
                (name, facts) -> new SummedFile(
                        broadcast(attempts.stream()
                                .flatMap(attempt -> attempt.treeLane(name, facts).stream())
                                .toList()),
                        SUMS,
                        sum -> survey.require(file(name, sum))));
        ExportReport report = tree.export(reader, progress);
        survey.requireAll();
        return report;
    }

    private Broadcast broadcast(List<Broadcast.Lane> lanes) {
        if (lanes.isEmpty()) {
            throw failure();
        }
        // many empty files are a long time without a byte
        beat.run();
        return new Broadcast(lanes, Set.of(), patience, beat);
    }

    /** Why the last place dropped out. */
    private HoldfastException failure() {
        return attempts.stream()
                .map(Attempt::failure)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no place for " + prefix));
    }

    private TreeFile file(FileName name, Sum sum) {
        return new TreeFile(name.text().substring(prefix.length()), sum.bytes(), sum.digest(Checksum.SHA256));
    }

    /** A file of which only the length and the digest are wanted. */
    private record Nowhere(FileName name) implements ExportFile {
        @Override
        public String location() {
            return name.text();
        }

        @Override
        public void preflight() {
            // there is nothing to open
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            // nobody reads it
        }

        @Override
        public void commit() {
            // there is nothing to see
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }
}
