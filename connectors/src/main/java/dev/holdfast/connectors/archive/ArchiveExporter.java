package dev.holdfast.connectors.archive;

import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Writes a bucket or a directory as an archive. What the archive cannot hold of an entry is listed in its last member, {@value
 * NamedEntries#METADATA}, a line of JSON for each; a tar archive of a directory holds everything, and has none. For one thread.
 */
public final class ArchiveExporter implements Exporter {
    private static final int METADATA_MODE = 0x180;

    private final Format format;
    private final int level;
    private final Losses losses = new Losses();

    /** What is written. */
    public enum Format {
        /** The pax format of POSIX.1-2001. */
        TAR,
        /** With Zip64 where it is needed. */
        ZIP;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        private NameRule rule() {
            return this == TAR ? NameRule.TAR : NameRule.ZIP;
        }
    }

    /**
     * @param level of compression within a zip archive, 0 (none) to 9; of no meaning for tar
     */
    public ArchiveExporter(Format format, int level) {
        if (level < 0 || level > 9) {
            throw new IllegalArgumentException("compression 0 to 9, not " + level);
        }
        this.format = format;
        this.level = level;
    }

    @Override
    public void preflight(PartReader part) {
        PartContent.requireFiles(part);
    }

    @Override
    public ExportReport export(PartReader part, ExportFile file, Progress progress) {
        progress.expect(part.entryCount(), part.contentBytes());
        try (ArchiveWriter archive = format == Format.TAR ? new TarWriter(file) : new ZipWriter(file, level)) {
            Run run = new Run(part, archive, progress);
            run.all();
            PartContent.requireAll(part, run.entries);
            return new ExportReport(run.entries, run.bytes, archive.written(), losses.findings(part.name()));
        }
    }

    @Override
    public void close() {
        // holds nothing
    }

    /** One walk for the contents; further ones, which read no content, for what comes at the end. */
    private final class Run {
        private final PartReader part;
        private final ArchiveWriter archive;
        private final Progress progress;
        private final Members members;
        private final boolean listing;
        private Instant newest = Instant.EPOCH;
        private long entries;
        private long bytes;
        private long metadataBytes;

        Run(PartReader part, ArchiveWriter archive, Progress progress) {
            this.part = part;
            this.archive = archive;
            this.progress = progress;
            members = new Members(part, format);
            listing = format == Format.ZIP || part.kind().equals("bucket");
        }

        void all() {
            each(this::add);
            Member metadata = new Member(
                    EntryKey.of(NamedEntries.METADATA),
                    EntryType.FILE,
                    metadataBytes,
                    FileProperties.plain(METADATA_MODE, newest));
            if (listing) {
                archive.begin(metadata);
                each(named -> {
                    byte[] line = MetadataLine.of(named);
                    archive.write(line, 0, line.length);
                });
                archive.end();
            }
            if (archive.hasDirectory()) {
                Losses told = new Losses();
                each(named -> {
                    Members.Place place = members.of(named, told);
                    if (place != null) {
                        archive.list(place.member());
                    }
                });
                archive.list(metadata);
            }
            archive.finish();
        }

        private void each(Consumer<NamedEntry> consumer) {
            try (NamedEntries all = new NamedEntries(part, format.rule())) {
                for (NamedEntry named = all.next(); named != null; named = all.next()) {
                    consumer.accept(named);
                }
            }
        }

        private void add(NamedEntry named) {
            Entry entry = named.entry();
            Members.Place place = members.of(named, losses);
            if (place != null) {
                archive.begin(place.member());
                if (place.member().bytes() > 0) {
                    PartContent.copy(part, place.content(), archive::write, progress);
                }
                archive.end();
                Instant modified = place.member().look().modified();
                newest = modified.isAfter(newest) ? modified : newest;
            }
            entries++;
            bytes += entry.content().bytes();
            metadataBytes += listing ? MetadataLine.of(named).length : 0;
            progress.advance(1, 0);
        }
    }
}
