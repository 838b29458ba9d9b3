package dev.holdfast.engine.source;

/** Hears how long work goes on. Safe for many threads; calls are cheap. */
public interface Progress {
    /** Nobody listens. */
    Progress NONE = new Progress() {
        @Override
        public void expect(long entries, long bytes) {}

        @Override
        public void advance(long entries, long bytes) {}
    };

    /** Adds to what is expected in total; called as soon as it is known, possibly in several steps. */
    void expect(long entries, long bytes);

    /** Adds to what is done. */
    void advance(long entries, long bytes);
}
