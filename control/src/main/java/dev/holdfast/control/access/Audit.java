package dev.holdfast.control.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail of everything that changed or read data: who, what, to what, from where, when, and what came of it. Entries are never
 * changed; after years they are removed, which is an entry itself. Each is also a line of the log named {@code holdfast.audit}, so
 * that it can be kept where an intruder cannot reach it. Safe for many threads.
 */
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger("holdfast.audit");
    private static final String COLUMNS =
            "id, at, actor, user_id, token_id, action, object, stack, address, outcome, detail";

    private final Tables tables;
    private final InstantSource clock;

    Audit(Tables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /** Adds an entry; fails if it cannot be kept, so that nothing is answered that would leave no trace. */
    public AuditRecord record(AuditEntry entry) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        AuditRecord record = new AuditRecord(Ulid.at(now), now, entry);
        tables.change(handle -> insert(handle, record));
        LOG.info(
                "{} action={} object=\"{}\" actor=\"{}\" address={} id={}{}",
                entry.outcome(),
                entry.action(),
                quoted(entry.object()),
                quoted(entry.actor().name()),
                entry.caller().address(),
                record.id(),
                entry.detail().isEmpty() ? "" : " detail=\"" + quoted(entry.detail()) + "\"");
        return record;
    }

    /** Control characters are gone already. */
    private static String quoted(String text) {
        return text.replace("\"", "\\\"");
    }

    /**
     * Entries, newest first.
     *
     * @param before the last one of the page before, if this is not the first
     */
    public List<AuditRecord> list(AuditFilter filter, Optional<String> before, int limit) {
        List<String> conditions = new ArrayList<>();
        Map<String, Object> values = new LinkedHashMap<>();
        conditions.add("id < :before");
        values.put("before", before.filter(Ulid::isValid).orElse(Tables.AFTER_ALL));
        filter.user().ifPresent(user -> where(conditions, values, "user_id = :user", "user", user.text()));
        filter.action().ifPresent(action -> where(conditions, values, "action = :action", "action", plain(action)));
        filter.stack().ifPresent(stack -> where(conditions, values, "stack = :stack", "stack", plain(stack)));
        filter.outcome().ifPresent(o -> where(conditions, values, "outcome = :outcome", "outcome", o.name()));
        filter.from().ifPresent(from -> where(conditions, values, "at >= :from", "from", from.toEpochMilli()));
        filter.to().ifPresent(to -> where(conditions, values, "at < :to", "to", to.toEpochMilli()));
        String sql = "SELECT " + COLUMNS + " FROM access_audit WHERE " + String.join(" AND ", conditions)
                + " ORDER BY id DESC LIMIT :limit";
        return tables.read(handle -> handle.createQuery(sql)
                .bindMap(values)
                .bind("limit", limit)
                .map(Audit::audited)
                .list());
    }

    private static void where(
            List<String> conditions, Map<String, Object> values, String condition, String name, Object value) {
        conditions.add(condition);
        values.put(name, value);
    }

    /** As entries are kept. */
    private static String plain(String text) {
        return Plain.text(text, 300);
    }

    /** Removes entries that are older, and says so in the trail. */
    int sweep(Duration kept) {
        long before = clock.instant().minus(kept).toEpochMilli();
        int removed = tables.write(handle -> handle.execute("DELETE FROM access_audit WHERE at < ?", before));
        if (removed > 0) {
            record(new AuditEntry(
                    Actor.SERVER,
                    "audit.sweep",
                    "audit trail",
                    Optional.empty(),
                    Caller.LOCAL,
                    Outcome.DONE,
                    removed + " entries from before " + Instant.ofEpochMilli(before)));
        }
        return removed;
    }

    private static void insert(Handle handle, AuditRecord record) {
        AuditEntry entry = record.entry();
        handle.createUpdate("""
                        INSERT INTO access_audit
                          (id, at, actor, user_id, token_id, action, object, stack, address, outcome, detail)
                        VALUES (:id, :at, :actor, :user, :token, :action, :object, :stack, :address, :outcome, :detail)""")
                .bind("id", record.id())
                .bind("at", record.at().toEpochMilli())
                .bind("actor", entry.actor().name())
                .bind("user", entry.actor().user().map(UserId::text).orElse(null))
                .bind("token", entry.actor().token().map(TokenId::text).orElse(null))
                .bind("action", entry.action())
                .bind("object", entry.object())
                .bind("stack", entry.stack().orElse(null))
                .bind("address", entry.caller().address())
                .bind("outcome", entry.outcome().name())
                .bind("detail", entry.detail())
                .execute();
    }

    private static AuditRecord audited(RowView row) {
        return new AuditRecord(row.getColumn("id", String.class), Tables.instant(row, "at"), entry(row));
    }

    private static AuditEntry entry(RowView row) {
        return new AuditEntry(
                new Actor(
                        row.getColumn("actor", String.class),
                        Tables.maybeText(row, "user_id").map(UserId::new),
                        Tables.maybeText(row, "token_id").map(TokenId::new)),
                row.getColumn("action", String.class),
                row.getColumn("object", String.class),
                Tables.maybeText(row, "stack"),
                new Caller(row.getColumn("address", String.class), ""),
                Outcome.valueOf(row.getColumn("outcome", String.class)),
                row.getColumn("detail", String.class));
    }
}
