package dev.holdfast.control.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/** Incidents in the catalog. Whoever changes a row tells; servers that come second change none. */
final class IncidentTable {
    static final long NEVER = Long.MAX_VALUE;

    private final OrderedIds ids;

    IncidentTable(OrderedIds ids) {
        this.ids = ids;
    }

    /** An incident with all that is known of it. */
    record Row(
            String id,
            String name,
            Notice notice,
            Instant began,
            Instant seen,
            int told,
            long due,
            Optional<Instant> ended) {
        IncidentNote note() {
            return new IncidentNote(name, notice.kind(), began);
        }

        Incident incident() {
            return new Incident(
                    id,
                    name,
                    notice.kind(),
                    notice.stack(),
                    notice.title(),
                    notice.text(),
                    notice.urgency(),
                    began,
                    seen,
                    told,
                    ended);
        }
    }

    /** Begins an incident, or notes that it goes on; then it shows what was seen last. */
    void see(Handle handle, String name, Notice notice, Duration grace, Instant now) {
        int begun = handle.createUpdate("""
                        INSERT INTO notify_incident (id, name, kind, stack, notice, began, seen, told, due)
                        VALUES (:id, :name, :kind, :stack, :notice, :now, :now, 0, :due)
                        ON CONFLICT DO NOTHING""")
                .bind("id", ids.next())
                .bind("name", name)
                .bind("kind", notice.kind().name())
                .bind("stack", notice.stack().orElse(Target.SERVER))
                .bind("notice", Json.write(notice))
                .bind("now", now.toEpochMilli())
                .bind("due", now.plus(grace).toEpochMilli())
                .execute();
        if (begun == 0) {
            handle.createUpdate(
                            "UPDATE notify_incident SET notice = :notice, seen = :now WHERE name = :name AND ended IS NULL")
                    .bind("notice", Json.write(notice))
                    .bind("now", now.toEpochMilli())
                    .bind("name", name)
                    .execute();
        }
    }

    /** The open incident with a name. */
    Optional<Row> open(Handle handle, String name) {
        return handle.createQuery("SELECT * FROM notify_incident WHERE name = :name AND ended IS NULL")
                .bind("name", name)
                .map(IncidentTable::row)
                .findOne();
    }

    /** Open incidents whose names begin alike. */
    List<Row> openLike(Handle handle, String beginning) {
        return handle.createQuery(
                        "SELECT * FROM notify_incident WHERE substr(name, 1, :length) = :beginning AND ended IS NULL")
                .bind("length", beginning.length())
                .bind("beginning", beginning)
                .map(IncidentTable::row)
                .list();
    }

    /** Open incidents that nobody has seen since. */
    List<Row> unseenSince(Handle handle, Instant time) {
        return handle.createQuery(
                        "SELECT * FROM notify_incident WHERE seen < :time AND ended IS NULL ORDER BY id LIMIT 1000")
                .bind("time", time.toEpochMilli())
                .map(IncidentTable::row)
                .list();
    }

    /** Open incidents that are to be told, or told again. */
    List<Row> due(Handle handle, Instant now) {
        return handle.createQuery(
                        "SELECT * FROM notify_incident WHERE ended IS NULL AND due <= :now ORDER BY id LIMIT 100")
                .bind("now", now.toEpochMilli())
                .map(IncidentTable::row)
                .list();
    }

    /** Takes the task of telling an incident; false if another has it. */
    boolean claim(Handle handle, Row row, long nextDue) {
        return handle.createUpdate("""
                        UPDATE notify_incident SET told = told + 1, due = :next
                        WHERE id = :id AND due = :due AND ended IS NULL""")
                        .bind("next", nextDue)
                        .bind("id", row.id())
                        .bind("due", row.due())
                        .execute()
                == 1;
    }

    /** Ends an incident; false if another did. */
    boolean end(Handle handle, Row row, Instant now) {
        return handle.createUpdate("UPDATE notify_incident SET ended = :now WHERE id = :id AND ended IS NULL")
                        .bind("now", now.toEpochMilli())
                        .bind("id", row.id())
                        .execute()
                == 1;
    }

    /** Incidents, the newest first. */
    List<Row> page(Handle handle, IncidentFilter filter, Optional<String> before, int most) {
        Conditions conditions = new Conditions().among("stack", filter.stacks()).before(before);
        filter.open().ifPresent(open -> conditions.plain(open ? "ended IS NULL" : "ended IS NOT NULL"));
        return conditions
                .query(handle, "notify_incident", most)
                .map(IncidentTable::row)
                .list();
    }

    /** Forgets what was over long ago. */
    void tidy(Handle handle, Instant endedBefore) {
        handle.createUpdate("DELETE FROM notify_incident WHERE ended < :time")
                .bind("time", endedBefore.toEpochMilli())
                .execute();
    }

    private static Row row(RowView row) {
        return new Row(
                row.getColumn("id", String.class),
                row.getColumn("name", String.class),
                Json.read(row.getColumn("notice", String.class), Notice.class),
                Instant.ofEpochMilli(row.getColumn("began", Long.class)),
                Instant.ofEpochMilli(row.getColumn("seen", Long.class)),
                row.getColumn("told", Integer.class),
                row.getColumn("due", Long.class),
                Optional.ofNullable(row.getColumn("ended", Long.class)).map(Instant::ofEpochMilli));
    }
}
