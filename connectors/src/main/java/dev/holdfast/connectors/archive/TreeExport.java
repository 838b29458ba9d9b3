package dev.holdfast.connectors.archive;

import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.connectors.s3.ObjectProperties;
import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a bucket or a directory as files, one for each object or file, named as it is behind a prefix, several at once; last, as {@value
 * NamedEntries#METADATA}, what files cannot hold: metadata, modes, links, empty folders, keys of those with another name. For one thread.
 */
public final class TreeExport {
    private static final int WRITERS = 4;
    private static final int AHEAD = 256;
    private static final int MOST_VALUE_CHARACTERS = 512;

    private final String prefix;
    private final Files files;

    /** Makes the files. */
    @FunctionalInterface
    public interface Files {
        /**
         * Begins a file, which is then opened, written, committed and closed. Called by several threads.
         */
        ExportFile create(FileName name, FileFacts facts);
    }

    /**
     * @param prefix what all names begin with, such as {@code shop/2026-01-01/}; may be empty
     */
    public TreeExport(String prefix, Files files) {
        this.prefix = prefix;
        this.files = files;
    }

    /**
     * @throws dev.holdfast.engine.error.HoldfastException with the reason why the part cannot be written as files
     */
    public void preflight(PartReader part) {
        PartContent.requireFiles(part);
        new FileName(prefix + NamedEntries.METADATA);
    }

    /**
     * Writes and commits all files.
     *
     * @throws dev.holdfast.engine.error.HoldfastException at the first that cannot be; others may be there by then
     */
    public ExportReport export(PartReader part, Progress progress) {
        progress.expect(part.entryCount(), part.contentBytes());
        Run run = new Run(part, progress);
        run.all();
        PartContent.requireAll(part, run.entries);
        return new ExportReport(run.entries, run.bytes, run.written.get(), run.losses.findings(part.name()));
    }

    private final class Run {
        private final PartReader part;
        private final Progress progress;
        private final Losses losses = new Losses();
        private final AtomicLong written = new AtomicLong();
        private long entries;
        private long bytes;
        private long metadataBytes;

        Run(PartReader part, Progress progress) {
            this.part = part;
            this.progress = progress;
        }

        private NamedEntries named() {
            return new NamedEntries(part, NameRule.tree(prefix.getBytes(StandardCharsets.UTF_8).length));
        }

        void all() {
            try (NamedEntries all = named();
                    OrderedWorkers<NamedEntry> workers =
                            new OrderedWorkers<>(Executors.newFixedThreadPool(WRITERS), WRITERS, AHEAD, this::count)) {
                for (NamedEntry named = all.next(); named != null; named = all.next()) {
                    submit(named, workers);
                }
                workers.finish();
            }
            writeMetadata();
        }

        private void count(NamedEntry named) {
            entries++;
            bytes += named.entry().content().bytes();
            metadataBytes += MetadataLine.of(named).length;
            progress.advance(1, 0);
        }

        private void submit(NamedEntry named, OrderedWorkers<NamedEntry> workers) {
            Entry entry = named.entry();
            if (named.why() != null) {
                losses.add("have another name there, as theirs " + named.why(), entry.key());
            }
            switch (entry.type()) {
                case FILE, OBJECT -> {
                    if (named.isFolder()) {
                        workers.done(named);
                    } else {
                        workers.submit(() -> write(named, entry));
                    }
                }
                case DIRECTORY -> workers.done(named);
                case HARD_LINK -> {
                    Entry target = part.find(FileProperties.of(entry).target()).orElse(entry);
                    if (target.type() == EntryType.FILE) {
                        losses.add("are further names of a file, and files of their own there", entry.key());
                        workers.submit(() -> write(named, target));
                    } else {
                        lost(named, workers);
                    }
                }
                default -> lost(named, workers);
            }
        }

        private void lost(NamedEntry named, OrderedWorkers<NamedEntry> workers) {
            losses.add(
                    "are links or special files, and only in " + NamedEntries.METADATA,
                    named.entry().key());
            workers.done(named);
        }

        private NamedEntry write(NamedEntry named, Entry content) {
            FileName name = new FileName(prefix + new String(named.name().toBytes(), StandardCharsets.UTF_8));
            try (ExportFile file = files.create(name, facts(content))) {
                file.preflight();
                PartContent.copy(part, content, file::write, progress);
                file.commit();
            }
            written.addAndGet(content.content().bytes());
            return named;
        }

        private FileFacts facts(Entry entry) {
            OptionalLong length = OptionalLong.of(entry.content().bytes());
            if (entry.type() != EntryType.OBJECT) {
                return new FileFacts("application/octet-stream", Map.of(), length);
            }
            ObjectProperties look = ObjectProperties.of(entry);
            Map<String, String> metadata = new HashMap<>(look.metadata());
            // the rest is in the list
            metadata.entrySet()
                    .removeIf(one -> !one.getKey().matches("[a-z0-9-]{1,64}")
                            || one.getValue().length() > MOST_VALUE_CHARACTERS
                            || !one.getValue().matches("[\\x20-\\x7e]*"));
            return new FileFacts(look.contentType(), metadata, length);
        }

        private void writeMetadata() {
            FileFacts facts = new FileFacts("application/x-ndjson", Map.of(), OptionalLong.of(metadataBytes));
            try (ExportFile file = files.create(new FileName(prefix + NamedEntries.METADATA), facts);
                    NamedEntries all = named()) {
                file.preflight();
                for (NamedEntry named = all.next(); named != null; named = all.next()) {
                    byte[] line = MetadataLine.of(named);
                    file.write(line, 0, line.length);
                }
                file.commit();
            }
            written.addAndGet(metadataBytes);
        }
    }
}
