package dev.holdfast.engine.repository;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.ContentBuilder;

/** Stores one content as one stream. */
final class StoringContentWriter implements ContentWriter {
    private final ChunkStream stream;
    private final ContentBuilder content;
    private final Runnable onClose;
    private boolean open = true;

    StoringContentWriter(PartCapture.Workshop workshop, long expectedBytes) {
        this.onClose = workshop.takeMemory(expectedBytes);
        this.content = new ContentBuilder(workshop.nodes());
        this.stream = workshop.stream(expectedBytes, content::add);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        stream.write(bytes, offset, length);
    }

    @Override
    public Content finish() {
        stream.end();
        return content.finish();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            stream.giveUp();
            onClose.run();
        }
    }
}
