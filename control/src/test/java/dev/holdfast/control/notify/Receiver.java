package dev.holdfast.control.notify;

import dev.holdfast.control.catalog.Catalog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A notifier with a webhook to a real HTTP server, for tests of other rooms. It sends when it is told to, and waits. */
public final class Receiver implements AutoCloseable {
    private final HttpStand stand;
    private final FixedBook book = new FixedBook();
    private final CatalogNotifier notifier;

    /**
     * @param stacks whose messages come here, all of them
     */
    public Receiver(Catalog catalog, InstantSource clock, Set<String> stacks) throws IOException {
        stand = new HttpStand();
        NotifyConfig hook =
                new NotifyConfig.Webhook("hook", stand.url("/"), Map.of(), Optional.empty(), Optional.empty());
        for (String stack : stacks) {
            book.stack(
                    stack,
                    new Notifications(
                            List.of(hook),
                            List.of(new Route(List.of("hook"), Set.of(NoticeKind.values()))),
                            Optional.empty(),
                            Optional.empty(),
                            AlarmLimits.USUAL));
        }
        notifier = new CatalogNotifier(catalog, book, (_, _) -> List.of(), Reach.ANYWHERE, Notices.SHORT, clock);
    }

    public Notifier notifier() {
        return notifier;
    }

    /** Sends everything that is due. */
    public void tend() throws InterruptedException {
        notifier.tend();
    }

    /** The titles of all messages that came since this was asked last. */
    public List<String> titles() {
        return stand.taken().stream()
                .map(asked -> asked.json().path("title").asString())
                .toList();
    }

    @Override
    public void close() {
        notifier.close();
        stand.close();
    }
}
