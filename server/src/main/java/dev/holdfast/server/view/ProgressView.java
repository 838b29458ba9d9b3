package dev.holdfast.server.view;

import dev.holdfast.control.run.RunProgress;
import java.util.Locale;

/** How far the present step of a run has come. */
public record ProgressView(
        String phase, String subject, long entries, long expectedEntries, long bytes, long expectedBytes) {
    public static ProgressView of(RunProgress progress) {
        return new ProgressView(
                progress.phase().name().toLowerCase(Locale.ROOT),
                progress.subject(),
                progress.entries(),
                progress.expectedEntries(),
                progress.bytes(),
                progress.expectedBytes());
    }
}
