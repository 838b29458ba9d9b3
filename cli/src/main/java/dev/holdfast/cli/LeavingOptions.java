package dev.holdfast.cli;

import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.leaving.LeavingOrder;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be said of an export of everything. */
final class LeavingOptions {
    @Option(
            names = "--all",
            description =
                    "Write every snapshot of the repository, all parts of it, into the folder of --output, with an"
                            + " index and SHA256SUMS. What is there already is not written again.")
    boolean all;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "--all: only snapshots from then on: a day, such as 2026-01-31, or a time with its zone.")
    @Nullable
    String since;

    @Option(
            names = "--part",
            paramLabel = "NAME",
            description = "--all: only this part, or this source; may be given several times.")
    List<String> parts = new ArrayList<>();

    @Option(
            names = "--databases",
            paramLabel = "FORMAT",
            description = "--all: custom (if nothing is said), sql, sql.gz or sql.zst.")
    @Nullable
    String databases;

    @Option(
            names = "--files",
            paramLabel = "FORMAT",
            description = "--all: for buckets and directories: tar.gz (if nothing is said), tar, tar.zst or zip.")
    @Nullable
    String files;

    /** Whether something was said that is only for an export of everything. */
    boolean detailed() {
        return since != null || !parts.isEmpty() || databases != null || files != null;
    }

    /**
     * @throws Invalid (USAGE) if it cannot be understood
     */
    LeavingOrder order(Protection protection, boolean overwrite, ZoneId zone) {
        return new LeavingOrder(
                Optional.ofNullable(since).map(text -> time(text, zone)),
                parts,
                format("--databases", databases, true, FileFormat.CUSTOM),
                format("--files", files, false, FileFormat.TAR_GZ),
                protection,
                overwrite);
    }

    private static Instant time(String text, ZoneId zone) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(zone).toInstant();
        } catch (DateTimeParseException e) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--since cannot be '" + text + "'",
                    "write a day, such as 2026-01-31, or a time, such as 2026-01-31T02:00:00Z.");
        }
    }

    private static FileFormat format(String option, @Nullable String label, boolean ofDatabases, FileFormat usual) {
        if (label == null) {
            return usual;
        }
        List<FileFormat> known = FileFormat.ofOneFile(ofDatabases);
        return known.stream()
                .filter(format -> format.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new Invalid(
                        ErrorCode.USAGE,
                        option + " cannot be '" + label + "'",
                        "it can be " + known.stream().map(FileFormat::label).collect(Collectors.joining(", ")) + "."));
    }
}
