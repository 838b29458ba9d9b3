package dev.holdfast.connectors.workers;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.ForwardingPart;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.SectionedContent;

/** A part that does something when a content is about to be read: after it was listed, before it is opened. */
public final class HookedPart extends ForwardingPart {
    private final Runnable hook;
    private final int times;
    private int done;

    /** Does it once. */
    public HookedPart(MemoryPart part, Runnable hook) {
        this(part, 1, hook);
    }

    public HookedPart(MemoryPart part, int times, Runnable hook) {
        super(part);
        this.times = times;
        this.hook = hook;
    }

    @Override
    public synchronized ContentWriter content(long expectedBytes) {
        if (done++ < times) {
            hook.run();
        }
        return super.content(expectedBytes);
    }

    @Override
    public synchronized SectionedContent sections() {
        if (done++ < times) {
            hook.run();
        }
        return super.sections();
    }
}
