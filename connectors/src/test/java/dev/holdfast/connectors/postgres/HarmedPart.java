package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.source.ForwardingPart;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.SectionWriter;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Content;

/** Does something in the middle of a table. */
final class HarmedPart extends ForwardingPart {
    private final Runnable harm;

    HarmedPart(MemoryPart part, Runnable harm) {
        super(part);
        this.harm = harm;
    }

    @Override
    public SectionedContent sections() {
        SectionedContent sections = super.sections();
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
}
