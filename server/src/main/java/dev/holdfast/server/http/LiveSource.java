package dev.holdfast.server.http;

import java.util.Optional;
import java.util.function.Consumer;

/** Where events come from. */
@FunctionalInterface
public interface LiveSource {
    /**
     * Begins to tell events: first those after the one that the client saw last, as far as they are still known, then each
     * as it happens. Told from any thread, and quickly: the sink never waits.
     *
     * @param after id of the last event that the client saw; empty if it saw none
     * @return ends it
     */
    AutoCloseable begin(Optional<String> after, Consumer<LiveEvent> sink);

    /**
     * @param id by which a client that comes back says where it was; empty for none
     * @param name what kind of event
     * @param data one document of JSON
     * @param last whether nothing follows
     */
    record LiveEvent(String id, String name, String data, boolean last) {}
}
