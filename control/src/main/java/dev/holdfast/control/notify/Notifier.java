package dev.holdfast.control.notify;

import java.util.Optional;

/** Tells people. Never waits for a channel, except in {@link #test}; safe for many threads. */
public interface Notifier {
    /** Who is told nothing. */
    Notifier SILENT = new Notifier() {
        @Override
        public void hear(Fact fact) {}

        @Override
        public void tell(Notice notice) {}

        @Override
        public Answer test(Optional<String> stack, NotifyConfig channel) {
            return new Answer.Refused("nobody is told anything here", Optional.empty());
        }
    };

    /** Takes note of a fact: makes, repeats or ends an incident, pings monitors, and tells whom the routes name. */
    void hear(Fact fact);

    /** Tells everybody whom the routes of its stack, and of the server, name for it. */
    void tell(Notice notice);

    /**
     * Sends a message to a channel at once, and waits.
     *
     * @param stack whose channel it is; empty for one of the server
     * @return what the other side answered
     */
    Answer test(Optional<String> stack, NotifyConfig channel);
}
