package dev.holdfast.control.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/**
 * Messages in the catalog. One channel gets them one after the other: only the oldest that waits may be tried, by the server that
 * claimed it. A claim ends by itself, so that the message of a server that died is sent by another; it may then arrive twice.
 */
final class DeliveryTable {
    private static final String NOTICE = "notice";
    private static final String SIGNAL = "signal";

    /** No server claims a message for so long. */
    private static final Duration LONGEST_CLAIM = Duration.ofHours(1);

    private final OrderedIds ids;

    DeliveryTable(OrderedIds ids) {
        this.ids = ids;
    }

    /** What is to be sent. */
    sealed interface Content {
        record OfNotice(Notice notice) implements Content {}

        record OfSignal(Signal signal) implements Content {}
    }

    /**
     * A message that this server may try now.
     *
     * @param attempt 1 for the first
     */
    record Claimed(String id, Target target, String kind, Content content, Instant created, int attempt) {}

    void add(Handle handle, Target target, Notice notice, Instant now) {
        add(handle, target, NOTICE, notice.kind().label(), notice.title(), Json.write(notice), now);
    }

    void add(Handle handle, Target target, Signal signal, Instant now) {
        String kind = "ping-" + signal.moment().name().toLowerCase(Locale.ROOT);
        add(handle, target, SIGNAL, kind, signal.text(), Json.write(signal), now);
    }

    private void add(
            Handle handle, Target target, String about, String kind, String title, String content, Instant now) {
        handle.createUpdate("""
                        INSERT INTO notify_delivery
                        (id, stack, channel, about, kind, title, content, state, created, due, claimed, attempts, answer)
                        VALUES (:id, :stack, :channel, :about, :kind, :title, :content, 'WAITING', :now, :now, 0, 0, '')""")
                .bind("id", ids.next())
                .bind("stack", target.stack())
                .bind("channel", target.channel())
                .bind("about", about)
                .bind("kind", kind)
                .bind("title", title)
                .bind("content", content)
                .bind("now", now.toEpochMilli())
                .execute();
    }

    /**
     * Claims messages that are due; no other server tries them until the claim ends. What was made, or claimed, later than it is now
     * comes from a clock that was ahead: its times mean nothing.
     */
    List<Claimed> claim(Handle handle, Instant now, Duration claim, int most) {
        return handle
                .createQuery("""
                        SELECT * FROM notify_delivery d
                        WHERE d.ended IS NULL AND (d.due <= :now OR d.created > :now)
                        AND (d.claimed <= :now OR d.claimed > :latest) AND NOT EXISTS (
                            SELECT 1 FROM notify_delivery o
                            WHERE o.ended IS NULL AND o.stack = d.stack AND o.channel = d.channel AND o.id < d.id)
                        ORDER BY d.id LIMIT :most""")
                .bind("now", now.toEpochMilli())
                .bind("latest", now.plus(LONGEST_CLAIM).toEpochMilli())
                .bind("most", most)
                .map(DeliveryTable::claimed)
                .list()
                .stream()
                .filter(one -> take(handle, one, now, claim))
                .toList();
    }

    void delivered(Handle handle, Claimed one, String answer, Instant now) {
        end(handle, one, Delivery.State.DELIVERED, answer, now);
    }

    void failed(Handle handle, Claimed one, String answer, Instant now) {
        end(handle, one, Delivery.State.FAILED, answer, now);
    }

    void again(Handle handle, Claimed one, String answer, Instant due, Instant now) {
        handle.createUpdate("""
                        UPDATE notify_delivery SET claimed = 0, due = :due, answer = :answer,
                            created = CASE WHEN created > :now THEN :now ELSE created END
                        WHERE id = :id AND ended IS NULL""")
                .bind("now", now.toEpochMilli())
                .bind("due", due.toEpochMilli())
                .bind("answer", answer)
                .bind("id", one.id())
                .execute();
    }

    /** Channels that did not take what they were sent since a moment. */
    List<ChannelTrouble> troubles(Handle handle, Instant since) {
        return handle.createQuery("""
                        SELECT t.*, (SELECT a.answer FROM notify_delivery a
                            WHERE a.stack = t.stack AND a.channel = t.channel AND a.state != 'DELIVERED' AND a.answer != ''
                            ORDER BY a.id DESC LIMIT 1) AS said
                        FROM (SELECT stack, channel, sum(CASE WHEN state = 'FAILED' THEN 1 ELSE 0 END) AS lost,
                                sum(CASE WHEN ended IS NULL THEN 1 ELSE 0 END) AS waiting
                            FROM notify_delivery
                            WHERE (state = 'FAILED' AND ended >= :since) OR (ended IS NULL AND attempts >= 3)
                            GROUP BY stack, channel) t
                        ORDER BY stack, channel LIMIT 100""")
                .bind("since", since.toEpochMilli())
                .map(row -> new ChannelTrouble(
                        Optional.of(row.getColumn("stack", String.class)).filter(stack -> !stack.isEmpty()),
                        row.getColumn("channel", String.class),
                        row.getColumn("lost", Integer.class),
                        row.getColumn("waiting", Integer.class),
                        Optional.ofNullable(row.getColumn("said", String.class)).orElse("")))
                .list();
    }

    /** Messages, the newest first. */
    List<Delivery> page(Handle handle, DeliveryFilter filter, Optional<String> before, int most) {
        Conditions conditions = new Conditions()
                .among("stack", filter.stacks())
                .among("channel", filter.channel().map(Set::of))
                .among("state", filter.state().map(state -> Set.of(state.name())))
                .before(before);
        return conditions
                .query(handle, "notify_delivery", most)
                .map(DeliveryTable::delivery)
                .list();
    }

    /** Forgets what ended long ago. */
    void tidy(Handle handle, Instant endedBefore) {
        handle.createUpdate("DELETE FROM notify_delivery WHERE ended < :time")
                .bind("time", endedBefore.toEpochMilli())
                .execute();
    }

    private static boolean take(Handle handle, Claimed one, Instant now, Duration claim) {
        return handle.createUpdate("""
                        UPDATE notify_delivery SET claimed = :until, attempts = attempts + 1
                        WHERE id = :id AND ended IS NULL AND (claimed <= :now OR claimed > :latest)
                        AND attempts = :attempts""")
                        .bind("until", now.plus(claim).toEpochMilli())
                        .bind("latest", now.plus(LONGEST_CLAIM).toEpochMilli())
                        .bind("id", one.id())
                        .bind("now", now.toEpochMilli())
                        .bind("attempts", one.attempt() - 1)
                        .execute()
                == 1;
    }

    private static void end(Handle handle, Claimed one, Delivery.State state, String answer, Instant now) {
        handle.createUpdate("""
                        UPDATE notify_delivery SET state = :state, answer = :answer, ended = :now, claimed = 0
                        WHERE id = :id AND ended IS NULL""")
                .bind("state", state.name())
                .bind("answer", answer)
                .bind("now", now.toEpochMilli())
                .bind("id", one.id())
                .execute();
    }

    private static Claimed claimed(RowView row) {
        String content = row.getColumn("content", String.class);
        return new Claimed(
                row.getColumn("id", String.class),
                new Target(row.getColumn("stack", String.class), row.getColumn("channel", String.class)),
                row.getColumn("kind", String.class),
                row.getColumn("about", String.class).equals(SIGNAL)
                        ? new Content.OfSignal(Json.read(content, Signal.class))
                        : new Content.OfNotice(Json.read(content, Notice.class)),
                Instant.ofEpochMilli(row.getColumn("created", Long.class)),
                row.getColumn("attempts", Integer.class) + 1);
    }

    private static Delivery delivery(RowView row) {
        Optional<Instant> ended =
                Optional.ofNullable(row.getColumn("ended", Long.class)).map(Instant::ofEpochMilli);
        return new Delivery(
                row.getColumn("id", String.class),
                Optional.of(row.getColumn("stack", String.class)).filter(stack -> !stack.isEmpty()),
                row.getColumn("channel", String.class),
                row.getColumn("kind", String.class),
                row.getColumn("title", String.class),
                Delivery.State.valueOf(row.getColumn("state", String.class)),
                Instant.ofEpochMilli(row.getColumn("created", Long.class)),
                row.getColumn("attempts", Integer.class),
                ended.isPresent()
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochMilli(row.getColumn("due", Long.class))),
                row.getColumn("answer", String.class),
                ended);
    }
}
