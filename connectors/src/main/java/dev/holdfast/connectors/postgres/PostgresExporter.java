package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.encode.GzipFile;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.ForwardingFile;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes a captured database as a file for PostgreSQL's own programs: an archive for {@code pg_restore}, or SQL for {@code
 * psql}. No server is needed, and no room but that of the file. For one thread.
 */
public final class PostgresExporter implements Exporter {
    /** What {@code pg_dump} compresses a custom-format archive with if nobody says anything. */
    public static final int USUAL_ARCHIVE_LEVEL = 6;

    /** Ends whatever psql is in the middle of, and then fails, so that a part of a database is not taken for all of it. */
    private static final String INCOMPLETE =
            "\n\\.\n\nDO $$ BEGIN RAISE EXCEPTION 'this export is not complete'; END $$;\n";

    private final Format format;
    private final int level;
    private final boolean create;
    private final ClientTools tools;
    private final List<Finding> findings = new ArrayList<>();

    /** What is written. */
    public enum Format {
        /** The archive of {@code pg_dump -Fc}. */
        CUSTOM,
        /** What {@code pg_restore --file} makes of it. */
        SQL,
        /** The roles that the database uses, as SQL. */
        ROLES
    }

    /**
     * @param level of compression, 0 (none) to 9; within the archive, or of the whole text, as by gzip
     * @param create whether SQL makes the database too; an archive always can
     */
    public PostgresExporter(Format format, int level, boolean create) {
        this(format, level, create, ClientTools.ofMachine());
    }

    PostgresExporter(Format format, int level, boolean create, ClientTools tools) {
        if (level < 0 || level > 9) {
            throw new IllegalArgumentException("compression 0 to 9, not " + level);
        }
        this.format = format;
        this.level = level;
        this.create = create;
        this.tools = tools;
    }

    @Override
    public void preflight(PartReader part) {
        DatabaseProperties properties = Keys.read(part, Keys.DATABASE, DatabaseProperties.class);
        if (format == Format.SQL) {
            tools.restore(properties.dumpMajor(), properties.dumpMajor());
        }
    }

    @Override
    public ExportReport export(PartReader part, ExportFile file, Progress progress) {
        DatabaseProperties properties = Keys.read(part, Keys.DATABASE, DatabaseProperties.class);
        Counted counted = new Counted(file);
        try {
            return switch (format) {
                case CUSTOM -> custom(part, properties, counted, progress);
                case SQL -> sql(part, properties, counted, progress);
                case ROLES -> roles(part, properties, counted, progress);
            };
        } catch (IOException e) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "the schema archive of part '" + part.name() + "' cannot be read: " + e.getMessage(),
                    "run 'holdfast check --read-data'.",
                    e);
        }
    }

    private ExportReport custom(PartReader part, DatabaseProperties properties, Counted counted, Progress progress)
            throws IOException {
        ArchiveExport archive = ArchiveExport.of(part, properties, level, progress, findings::add);
        archive.write(counted);
        return report(part, archive, counted);
    }

    private ExportReport sql(PartReader part, DatabaseProperties properties, Counted counted, Progress progress)
            throws IOException {
        ArchiveExport archive = ArchiveExport.of(part, properties, 0, progress, findings::add);
        if (create && properties.settings().stream().anyMatch(PostgresExporter::forbidsWriting)) {
            findings.add(new Finding(
                    "database '" + properties.name() + "'",
                    "is read-only by a setting of its own, which --create restores first; run psql with"
                            + " PGOPTIONS='-c default_transaction_read_only=off'"));
        }
        ScriptExport script =
                new ScriptExport(tools.restore(properties.dumpMajor(), properties.dumpMajor()), create, findings::add);
        try {
            if (level == 0) {
                script.run(archive, counted::write);
            } else {
                try (GzipFile zipped = new GzipFile(counted, level)) {
                    script.run(archive, zipped::write);
                    zipped.commit();
                }
            }
        } catch (HoldfastException e) {
            if (level == 0) {
                markIncomplete(counted, e);
            }
            throw e;
        }
        return report(part, archive, counted);
    }

    private static boolean forbidsWriting(DatabaseProperties.Setting setting) {
        return setting.role().isEmpty()
                && setting.name().equals("default_transaction_read_only")
                && Set.of("on", "true", "yes", "1").contains(setting.value());
    }

    /**
     * Ends plain SQL that is not complete so that psql fails with it: what went down a pipe already cannot be taken back. Compressed
     * text fails by itself where it is cut.
     *
     * @param failure why it is not complete
     */
    public static void markIncomplete(ExportFile file, HoldfastException failure) {
        if (!file.changeable()) {
            try {
                byte[] end = INCOMPLETE.getBytes(StandardCharsets.US_ASCII);
                file.write(end, 0, end.length);
            } catch (HoldfastException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private ExportReport report(PartReader part, ArchiveExport archive, Counted counted) {
        if (archive.entries() != part.entryCount()) {
            throw new Failed(
                    ErrorCode.CHECK_FAILED,
                    "exported " + archive.entries() + " of " + part.entryCount() + " entries of part '" + part.name()
                            + "'",
                    "report this.");
        }
        return new ExportReport(archive.entries(), archive.contentBytes(), counted.written, findings);
    }

    private ExportReport roles(PartReader part, DatabaseProperties properties, Counted counted, Progress progress)
            throws IOException {
        Roles roles = Keys.read(part, Keys.ROLES, Roles.class);
        Set<String> needed = ArchiveSurvey.of(part, properties).owners();
        needed.add(properties.owner());
        byte[] text = RolesScript.of(roles, needed, properties.name()).getBytes(StandardCharsets.UTF_8);
        progress.expect(1, text.length);
        if (level == 0) {
            counted.write(text, 0, text.length);
        } else {
            try (GzipFile zipped = new GzipFile(counted, level)) {
                zipped.write(text, 0, text.length);
                zipped.commit();
            }
        }
        progress.advance(1, text.length);
        if (!roles.passwordsReadable()) {
            findings.add(new Finding("roles", "have no passwords in the snapshot; give them new ones"));
        }
        return new ExportReport(1, Keys.document(part, Keys.ROLES).content().bytes(), counted.written, findings);
    }

    @Override
    public void close() {
        // holds nothing
    }

    /** A file, and how much was written to it; to commit and to close it is left to the caller. */
    private static final class Counted extends ForwardingFile {
        private long written;

        Counted(ExportFile file) {
            super(file);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            written += length;
        }

        @Override
        public void commit() {
            // the caller commits
        }

        @Override
        public void close() {
            // the caller closes
        }
    }
}
