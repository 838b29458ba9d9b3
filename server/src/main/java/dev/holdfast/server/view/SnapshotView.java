package dev.holdfast.server.view;

import dev.holdfast.control.stack.Assurance;
import dev.holdfast.control.stack.SnapshotRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A snapshot. */
public record SnapshotView(
        String id,
        String stack,
        Instant began,
        Instant committed,
        String host,
        String version,
        List<PartView> parts,
        long entries,
        long bytes,
        long storedBytes,
        Map<String, String> labels,
        List<FindingView> findings,
        boolean pinned,
        String note,
        Optional<String> appVersion,
        AssuranceView assurance) {
    /** One source's share. */
    public record PartView(String name, String kind, String location, long entries, long bytes, long storedBytes) {
        static PartView of(SnapshotRecord.PartRecord part) {
            return new PartView(
                    part.name(), part.kind(), part.location(), part.entries(), part.bytes(), part.storedBytes());
        }
    }

    /** What is known about it beyond that it was captured. */
    public record AssuranceView(
            int copies,
            int destinations,
            List<String> reached,
            Optional<Instant> intact,
            Optional<Instant> restored,
            Optional<Instant> matched,
            Optional<Instant> complete) {
        static AssuranceView of(Assurance assurance) {
            return new AssuranceView(
                    assurance.copies(),
                    assurance.destinations(),
                    Stream.of(Assurance.Step.values())
                            .filter(assurance::reached)
                            .map(Assurance.Step::label)
                            .toList(),
                    assurance.intact(),
                    assurance.restored(),
                    assurance.matched(),
                    assurance.complete());
        }
    }

    public static SnapshotView of(SnapshotRecord snapshot) {
        return new SnapshotView(
                snapshot.id().text(),
                snapshot.stack(),
                snapshot.began(),
                snapshot.committed(),
                snapshot.host(),
                snapshot.version(),
                snapshot.parts().stream().map(PartView::of).toList(),
                snapshot.entries(),
                snapshot.bytes(),
                snapshot.storedBytes(),
                snapshot.labels(),
                FindingView.of(snapshot.findings()),
                snapshot.pinned(),
                snapshot.note(),
                snapshot.appVersion(),
                AssuranceView.of(snapshot.assurance()));
    }
}
