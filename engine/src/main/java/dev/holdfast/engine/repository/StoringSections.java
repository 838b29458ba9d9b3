package dev.holdfast.engine.repository;

import dev.holdfast.engine.source.SectionWriter;
import dev.holdfast.engine.source.SectionedContent;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.ContentBuilder;
import dev.holdfast.engine.tree.Extent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Stores one content as several streams. What it holds for a section that ended before an earlier one is its extents. */
final class StoringSections implements SectionedContent {
    private final PartCapture.Workshop workshop;
    private final ContentBuilder content;
    private final Deque<Place> unfinished = new ArrayDeque<>();

    /** A section's place in the order, and what it stored. */
    private static final class Place {
        final List<Extent> extents = new ArrayList<>();
        boolean complete;
    }

    StoringSections(PartCapture.Workshop workshop) {
        this.workshop = workshop;
        this.content = new ContentBuilder(workshop.nodes());
    }

    @Override
    public SectionWriter section(long expectedBytes) {
        Place place = new Place();
        synchronized (this) {
            unfinished.addLast(place);
        }
        // memory may arrive in another order than that of these calls
        return new Section(place, expectedBytes);
    }

    @Override
    public synchronized Content finish() {
        if (!unfinished.isEmpty()) {
            throw new IllegalStateException("a section has not ended");
        }
        return content.finish();
    }

    private synchronized void ended(Place place) {
        place.complete = true;
        while (!unfinished.isEmpty() && unfinished.getFirst().complete) {
            unfinished.removeFirst().extents.forEach(content::add);
        }
    }

    private final class Section implements SectionWriter {
        private final Place place;
        private final Runnable onClose;
        private final ChunkStream stream;
        private boolean open = true;

        Section(Place place, long expectedBytes) {
            this.place = place;
            this.onClose = workshop.takeMemory(expectedBytes);
            this.stream = workshop.stream(expectedBytes, place.extents::add);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            stream.write(bytes, offset, length);
        }

        @Override
        public void end() {
            stream.end();
            close();
            ended(place);
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
}
