package dev.holdfast.server.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the calls answer that the teams know. */
public final class TeamViews {
    private TeamViews() {}

    /** A backup that was begun. */
    public record Triggered(String status, String message, String stack, String run, Instant startedAt) {}

    /** The record of a backup. */
    public record Backup(
            String id,
            String filename,
            long sizeBytes,
            String url,
            Instant createdAt,
            String stack,
            List<String> databases,
            int copies,
            List<String> locations) {}

    /** Records of backups. */
    public record Backups(List<Backup> backups) {}

    /** A backup as a file. */
    public record BackupFile(String name, long size, Instant created, long ageDays) {}

    /** Backups as files. */
    public record BackupFiles(List<BackupFile> backups) {}

    /** How a stack stands. */
    public record BackupStatus(
            String stack,
            Configuration configuration,
            Totals totals,
            List<Backup> backups,
            List<String> log,
            List<Disk> disk,
            List<WarningView> warnings) {}

    /** What is backed up, where to and when. */
    public record Configuration(
            List<SourceView> sources, List<DestinationView> destinations, String schedule, String retention) {}

    /** Sums over the newest thousand. */
    public record Totals(long backups, long sizeBytes, long storedBytes, Optional<Instant> lastSuccess) {}

    /** The room at a destination. */
    public record Disk(String destination, String location, OptionalLong freeBytes) {}
}
