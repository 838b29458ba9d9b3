package dev.holdfast.control.run;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log for each run, {@code logs/runs/<id>.log}, and one for each day, {@code logs/<date>.log}, with the lines of all runs of
 * this server; both with mode 600. A log that cannot be written ends no run. Safe for many threads.
 */
final class LogFiles implements RunLogs {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    private static final int MAX_LINES = 20_000;
    private static final int MAX_LINE = 8_000;

    private final int mostRuns;

    private final Path folder;
    private final ZoneId zone;
    private final Jdbi jdbi;
    private boolean complained;

    LogFiles(Path folder, ZoneId zone, Jdbi jdbi) {
        this(folder, zone, jdbi, 20_000);
    }

    /**
     * @param mostRuns of how many runs logs are kept at most
     */
    LogFiles(Path folder, ZoneId zone, Jdbi jdbi, int mostRuns) {
        this.mostRuns = mostRuns;
        this.folder = folder;
        this.zone = zone;
        this.jdbi = jdbi;
    }

    /** Adds a line to the log of a run and to that of the day. */
    synchronized void line(Instant at, RunRecord run, String text) {
        String clean = clean(text);
        try {
            append(ofRun(run.id()), at + " " + clean + "\n");
            append(ofDay(at), at + " run=" + run.id() + " stack=" + run.stack() + " " + clean + "\n");
            complained = false;
        } catch (IOException e) {
            if (!complained) {
                LOG.warn("logs cannot be written to {}", folder, e);
            }
            complained = true;
        }
    }

    private static void append(Path file, String line) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        // not through a channel, which an interrupted thread would close
        try (FileOutputStream output = new FileOutputStream(file.toFile(), true)) {
            output.write(line.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A name from outside must not be able to write a line of its own, nor what a terminal obeys. */
    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_LINE));
        text.codePoints().limit(MAX_LINE).forEach(c -> {
            if (c == '\n') {
                clean.append("\\n");
            } else {
                clean.appendCodePoint(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
            }
        });
        return clean.toString();
    }

    private Path ofRun(RunId run) {
        return folder.resolve("runs").resolve(run.text() + ".log");
    }

    private Path ofDay(Instant at) {
        return folder.resolve(LocalDate.ofInstant(at, zone) + ".log");
    }

    @Override
    public String text(RunId run) {
        Path file = ofRun(run);
        if (Files.exists(file)) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                LOG.warn("the log {} cannot be read; what the catalog has of it is shown", file, e);
            }
        }
        return fromCatalog(run);
    }

    /** What another server wrote is in the catalog, as long as events are kept. */
    private String fromCatalog(RunId run) {
        List<String> lines = jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT at, body FROM run_event WHERE run = :run AND label = 'line' ORDER BY seq LIMIT :limit")
                .bind("run", run.text())
                .bind("limit", MAX_LINES)
                .map((row, _) -> Instant.ofEpochMilli(row.getLong("at")) + " "
                        + clean(
                                EventJson.read("line", row.getString("body")) instanceof RunEvent.Line line
                                        ? line.text()
                                        : "")
                        + "\n")
                .list());
        if (lines.isEmpty() && !known(run)) {
            throw unknown(run);
        }
        return lines.stream().collect(Collectors.joining());
    }

    private boolean known(RunId run) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT 1 FROM run WHERE id = :run")
                .bind("run", run.text())
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
    }

    static Missing unknown(RunId run) {
        return new Missing(ErrorCode.UNKNOWN_NAME, "there is no run '" + run + "'", "list the runs to see their ids.");
    }

    /** Removes logs that nobody has written to since, and those of the earliest runs if there are too many. */
    void forget(Instant before) {
        FileTime oldest = FileTime.from(before);
        for (Path place : List.of(folder, folder.resolve("runs"))) {
            try (Stream<Path> files = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
                files.filter(file -> file.toString().endsWith(".log")).forEach(file -> forget(file, oldest));
            } catch (IOException e) {
                LOG.warn("old logs in {} cannot be looked for", place, e);
            }
        }
        forgetEarliest(folder.resolve("runs"));
    }

    /** Their names begin with the time, so they order as the runs do. */
    private void forgetEarliest(Path place) {
        try (Stream<Path> files = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
            List<Path> logs = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            for (Path log : logs.subList(Math.min(mostRuns, logs.size()), logs.size())) {
                Files.deleteIfExists(log);
            }
        } catch (IOException e) {
            LOG.warn("old logs in {} cannot be removed", place, e);
        }
    }

    private static void forget(Path file, FileTime oldest) {
        try {
            if (Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("the old log {} cannot be removed", file, e);
        }
    }
}
