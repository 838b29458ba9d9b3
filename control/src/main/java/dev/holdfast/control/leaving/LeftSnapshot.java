package dev.holdfast.control.leaving;

import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A snapshot, and the files that were written of it.
 *
 * @param pinned whether it was pinned when it was looked at last
 * @param files by their names
 */
record LeftSnapshot(Snapshot snapshot, boolean pinned, List<LeftFile> files) {
    LeftSnapshot {
        files = files.stream().sorted(Comparator.comparing(LeftFile::name)).toList();
    }

    /** With a file in place of one of the same name. */
    LeftSnapshot with(LeftFile file) {
        List<LeftFile> others = new ArrayList<>(without(file.name()).files());
        others.add(file);
        return new LeftSnapshot(snapshot, pinned, others);
    }

    LeftSnapshot without(FileName name) {
        return new LeftSnapshot(
                snapshot,
                pinned,
                files.stream().filter(file -> !file.name().equals(name)).toList());
    }

    /** What failed before and is tried again now, perhaps in another format. */
    LeftSnapshot withoutMissing(Part part) {
        return new LeftSnapshot(
                snapshot,
                pinned,
                files.stream()
                        .filter(file ->
                                !file.part().equals(part.name()) || file.state() instanceof LeftFile.State.Whole)
                        .toList());
    }

    /** Names of parts that nobody asked for. */
    List<String> leftOut() {
        return snapshot.parts().stream()
                .map(Part::name)
                .filter(part -> files.stream().noneMatch(file -> file.part().equals(part)))
                .toList();
    }
}
