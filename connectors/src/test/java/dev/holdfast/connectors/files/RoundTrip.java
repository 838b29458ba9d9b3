package dev.holdfast.connectors.files;

import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Captures one directory, restores it as another and compares both; ends with 0 if all is equal. */
final class RoundTrip {
    private RoundTrip() {}

    public static void main(String[] arguments) {
        Path from = Path.of(arguments[0]);
        Path to = Path.of(arguments[1]);
        MemoryPart part = new MemoryPart("directory");
        try (DirectorySource source = new DirectorySource(from, List.of(), List.of(), Instant::now);
                DirectoryTarget target = new DirectoryTarget(to);
                DirectoryComparer comparer = new DirectoryComparer(to, List.of(), List.of())) {
            source.preflight();
            part.with(source.capture(part));
            target.preflight(part, false);
            target.restore(part, Progress.NONE);
            int[] differences = {0};
            comparer.compare(
                    part,
                    (subject, what) -> {
                        differences[0]++;
                        System.err.println(subject + " " + what);
                    },
                    Progress.NONE);
            System.exit(differences[0] == 0 ? 0 : 1);
        }
    }
}
