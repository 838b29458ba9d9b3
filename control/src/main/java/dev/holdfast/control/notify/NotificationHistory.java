package dev.holdfast.control.notify;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * What goes on and went on, and what people were told of it, as the catalog keeps it. Each question throws {@link Unavailable}
 * (CATALOG_UNAVAILABLE) if the catalog does not answer. Safe for many threads.
 */
public final class NotificationHistory {
    private final Jdbi jdbi;
    private final NotificationBook book;
    private final InstantSource clock;
    private final IncidentTable incidents;
    private final DeliveryTable deliveries;

    /**
     * @param book says which channels there are now
     */
    public NotificationHistory(Catalog catalog, NotificationBook book, InstantSource clock) {
        OrderedIds ids = new OrderedIds(clock);
        this.jdbi = catalog.jdbi();
        this.book = book;
        this.clock = clock;
        this.incidents = new IncidentTable(ids);
        this.deliveries = new DeliveryTable(ids);
    }

    /**
     * Incidents, the newest first; those that are over for 400 days.
     *
     * @param before older than the one with this id, for the next page
     * @param most how many at most
     */
    public List<Incident> incidents(IncidentFilter filter, Optional<String> before, int most) {
        return asked(handle -> incidents.page(handle, filter, before, most)).stream()
                .map(IncidentTable.Row::incident)
                .toList();
    }

    /**
     * Messages of the last 30 days, the newest first.
     *
     * @param before older than the one with this id, for the next page
     * @param most how many at most
     */
    public List<Delivery> deliveries(DeliveryFilter filter, Optional<String> before, int most) {
        return asked(handle -> deliveries.page(handle, filter, before, most));
    }

    /** Channels that did not take what they were sent in the last day, as far as they are still there. */
    public List<ChannelTrouble> troubles() {
        return asked(handle -> deliveries.troubles(handle, clock.instant().minus(Duration.ofDays(1)))).stream()
                .filter(trouble -> Routing.channel(
                                new Target(trouble.stack().orElse(Target.SERVER), trouble.channel()), book)
                        .isPresent())
                .toList();
    }

    private <T> T asked(Function<Handle, T> question) {
        try {
            return jdbi.withHandle(question::apply);
        } catch (JdbiException e) {
            throw new Unavailable(
                    ErrorCode.CATALOG_UNAVAILABLE,
                    "the catalog does not answer",
                    "look whether its database is there.",
                    e);
        }
    }
}
