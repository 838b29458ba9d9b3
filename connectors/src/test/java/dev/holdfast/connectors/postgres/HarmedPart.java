package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.SectionWriter;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.Optional;

/** Does something in the middle of a table. */
record HarmedPart(MemoryPart part, Runnable harm) implements PartWriter {
    @Override
    public EntryCursor previous() {
        return part.previous();
    }

    @Override
    public Optional<Entry> previous(EntryKey key) {
        return part.previous(key);
    }

    @Override
    public ContentWriter content(long expectedBytes) {
        return part.content(expectedBytes);
    }

    @Override
    public SectionedContent sections() {
        SectionedContent sections = part.sections();
        return new SectionedContent() {
            @Override
            public SectionWriter section(long expectedBytes) {
                return harmed(sections.section(expectedBytes));
            }

            @Override
            public Content finish() {
                return sections.finish();
            }
        };
    }

    private SectionWriter harmed(SectionWriter section) {
        return new SectionWriter() {
            private long written;

            @Override
            public void write(byte[] bytes, int offset, int length) {
                written += length;
                if (written > 200_000) {
                    written = 0;
                    harm.run();
                }
                section.write(bytes, offset, length);
            }

            @Override
            public void end() {
                section.end();
            }

            @Override
            public void close() {
                section.close();
            }
        };
    }

    @Override
    public void add(Entry entry, Change change) {
        part.add(entry, change);
    }

    @Override
    public void countRead(long entries, long bytes) {
        part.countRead(entries, bytes);
    }

    @Override
    public void find(Finding finding) {
        part.find(finding);
    }

    @Override
    public Progress progress() {
        return part.progress();
    }
}
