package dev.holdfast.control.stack;

import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The listing of snapshots in the catalog. */
final class ListedSnapshots implements Snapshots {
    private static final int MAX_PAGE = 1_000;
    private static final int MAX_NOTE = 4_000;
    private static final String COLUMNS =
            "SELECT s.stack, s.id, s.began_at, s.committed_at, s.host, s.version, s.parts,"
                    + " s.labels, s.findings, s.entries, s.bytes, s.stored_bytes, s.copies, s.destinations, m.pinned, m.note, m.app_version,"
                    + " m.intact_at, m.restored_at, m.matched_at, m.complete_at";
    private static final String TABLES =
            " FROM snapshot s LEFT JOIN snapshot_mark m ON m.stack = s.stack AND m.id = s.id";

    private final Jdbi jdbi;
    private final Repositories repositories;
    private final InstantSource clock;

    ListedSnapshots(Jdbi jdbi, Repositories repositories, InstantSource clock) {
        this.jdbi = jdbi;
        this.repositories = repositories;
        this.clock = clock;
    }

    @Override
    public SnapshotPage list(SnapshotFilter filter, Optional<SnapshotId> after, int limit) {
        int size = Math.clamp(limit, 1, MAX_PAGE);
        String older = after.map(id -> " AND s.id < '" + id.text() + "'").orElse("");
        List<SnapshotRecord> found = jdbi.withHandle(handle -> bound(
                        handle.createQuery(
                                COLUMNS + TABLES + where(filter) + older + " ORDER BY s.id DESC LIMIT :limit"),
                        filter)
                .bind("limit", size + 1)
                .map((row, _) -> record(row))
                .list());
        return found.size() <= size
                ? new SnapshotPage(found, Optional.empty())
                : new SnapshotPage(
                        found.subList(0, size), Optional.of(found.get(size - 1).id()));
    }

    @Override
    public long count(SnapshotFilter filter) {
        return jdbi.withHandle(handle -> bound(handle.createQuery("SELECT count(*)" + TABLES + where(filter)), filter)
                .mapTo(Long.class)
                .one());
    }

    private static Query bound(Query query, SnapshotFilter filter) {
        filter.appVersion()
                .ifPresent(version -> query.bind("appVersion", version)
                        .bind("appLabel", ListingJson.ofLabel(SnapshotRecord.APP_VERSION, version)));
        return filter.stacks().isEmpty() ? query : query.bindList("stacks", List.copyOf(filter.stacks()));
    }

    private static String where(SnapshotFilter filter) {
        List<String> conditions = new ArrayList<>(List.of("1 = 1"));
        if (!filter.stacks().isEmpty()) {
            conditions.add("s.stack IN (<stacks>)");
        }
        filter.since().ifPresent(since -> conditions.add("s.began_at >= " + since.toEpochMilli()));
        filter.until().ifPresent(until -> conditions.add("s.began_at < " + until.toEpochMilli()));
        filter.reached().ifPresent(step -> conditions.add(condition(step)));
        filter.pinned().ifPresent(pinned -> conditions.add("coalesce(m.pinned, 0) = " + (pinned ? 1 : 0)));
        // the same on both databases, and exact: quotes within keys and values are escaped
        filter.appVersion()
                .ifPresent(_ -> conditions.add("(m.app_version = :appVersion OR (m.app_version IS NULL AND"
                        + " replace(s.labels, :appLabel, '') <> s.labels))"));
        return " WHERE " + String.join(" AND ", conditions);
    }

    private static String condition(Assurance.Step step) {
        return switch (step) {
            case CAPTURED -> "1 = 1";
            case COPIED -> "s.destinations > 0 AND s.copies >= s.destinations";
            case INTACT, RESTORED, MATCHED, COMPLETE -> "m." + column(step) + " IS NOT NULL";
        };
    }

    private static String column(Assurance.Step step) {
        return switch (step) {
            case INTACT -> "intact_at";
            case RESTORED -> "restored_at";
            case MATCHED -> "matched_at";
            case COMPLETE -> "complete_at";
            case CAPTURED, COPIED -> throw new IllegalArgumentException(step + " is seen, not noted");
        };
    }

    @Override
    public SnapshotRecord show(String stack, SnapshotId snapshot) {
        return find(stack, snapshot).orElseThrow(() -> missing(stack, snapshot));
    }

    private static Missing missing(String stack, SnapshotId snapshot) {
        return new Missing(
                ErrorCode.SNAPSHOT_MISSING,
                "stack '" + stack + "' has no snapshot " + snapshot,
                "refresh the listing if the snapshot was made elsewhere.");
    }

    @Override
    public Optional<SnapshotRecord> find(String stack, SnapshotId snapshot) {
        return jdbi.withHandle(handle -> find(handle, stack, snapshot));
    }

    private static Optional<SnapshotRecord> find(Handle handle, String stack, SnapshotId snapshot) {
        return handle.createQuery(COLUMNS + TABLES + " WHERE s.stack = :stack AND s.id = :id")
                .bind("stack", stack)
                .bind("id", snapshot.text())
                .map((row, _) -> record(row))
                .findOne();
    }

    @Override
    public Optional<Look> look(String stack) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT at, destinations, findings FROM stack_look WHERE stack = :stack")
                .bind("stack", stack)
                .map((row, _) -> new Look(
                        Instant.ofEpochMilli(row.getLong("at")),
                        ListingJson.destinations(row.getString("destinations")),
                        ListingJson.findings(row.getString("findings"))))
                .findOne());
    }

    @Override
    public void refresh(StackRecord stack) {
        Set<SnapshotId> before = listed(stack.name());
        try (OpenRepository repository = repositories.open(stack.config().repository())) {
            list(stack, before, repository.snapshots(), repository.destinations(), repository.findings());
            pinned(stack, repository.pinned());
        }
    }

    @Override
    public Set<SnapshotId> listed(String stack) {
        return jdbi.withHandle(handle -> handle
                .createQuery("SELECT id FROM snapshot WHERE stack = :stack")
                .bind("stack", stack)
                .map((row, _) -> new SnapshotId(row.getString("id")))
                .list()
                .stream()
                .collect(Collectors.toSet()));
    }

    @Override
    public void list(
            StackRecord stack,
            Set<SnapshotId> before,
            List<Snapshot> all,
            List<DestinationState> destinations,
            List<Finding> findings) {
        List<Snapshot> own = all.stream()
                .filter(snapshot -> snapshot.stack().equals(stack.name()))
                .toList();
        jdbi.useTransaction(handle -> {
            look(handle, stack.name(), destinations, findings);
            store(handle, stack.name(), before, own);
            copied(handle, stack.name(), destinations);
        });
    }

    @Override
    public void looked(StackRecord stack, List<DestinationState> destinations, List<Finding> findings) {
        jdbi.useTransaction(handle -> {
            look(handle, stack.name(), destinations, findings);
            copied(handle, stack.name(), destinations);
        });
    }

    /** First of all, because it makes others who list the same stack wait for each other. */
    private void look(Handle handle, String stack, List<DestinationState> destinations, List<Finding> findings) {
        handle.createUpdate("INSERT INTO stack_look (stack, at, destinations, findings)"
                        + " VALUES (:stack, :at, :destinations, :findings) ON CONFLICT (stack) DO UPDATE SET"
                        + " at = excluded.at, destinations = excluded.destinations, findings = excluded.findings")
                .bind("stack", stack)
                .bind("at", clock.instant().toEpochMilli())
                .bind("destinations", ListingJson.ofDestinations(destinations))
                .bind("findings", ListingJson.ofFindings(findings))
                .execute();
    }

    private static void store(Handle handle, String stack, Set<SnapshotId> before, List<Snapshot> own) {
        Set<SnapshotId> there = own.stream().map(Snapshot::id).collect(Collectors.toSet());
        insert(
                handle,
                own.stream().filter(snapshot -> !before.contains(snapshot.id())).toList());
        delete(handle, stack, before.stream().filter(id -> !there.contains(id)).toList());
    }

    private static void insert(Handle handle, List<Snapshot> news) {
        if (news.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO snapshot (stack, id, began_at, committed_at, host,"
                + " version, parts, labels, findings, entries, bytes, stored_bytes, copies, destinations) VALUES (:stack,"
                + " :id, :began, :committed, :host, :version, :parts, :labels, :findings, :entries, :bytes, :stored, 0,"
                + " 0) ON CONFLICT (stack, id) DO NOTHING");
        for (Snapshot snapshot : news) {
            batch.bind("stack", snapshot.stack())
                    .bind("id", snapshot.id().text())
                    .bind("began", snapshot.began().toEpochMilli())
                    .bind("committed", snapshot.committed().toEpochMilli())
                    .bind("host", snapshot.host())
                    .bind("version", snapshot.version())
                    .bind("parts", ListingJson.ofParts(snapshot.parts()))
                    .bind("labels", ListingJson.ofLabels(snapshot.labels()))
                    .bind("findings", ListingJson.ofFindings(snapshot.findings()))
                    .bind("entries", snapshot.entries())
                    .bind("bytes", snapshot.bytes())
                    .bind("stored", snapshot.storedBytes())
                    .add();
        }
        batch.execute();
    }

    /** A pin and a note go with their snapshot. */
    private static void delete(Handle handle, String stack, List<SnapshotId> gone) {
        for (SnapshotId id : gone) {
            handle.execute("DELETE FROM snapshot WHERE stack = ? AND id = ?", stack, id.text());
            handle.execute("DELETE FROM snapshot_mark WHERE stack = ? AND id = ?", stack, id.text());
        }
    }

    /** A destination that is level holds every snapshot; of one that is behind, it is not known which it lacks. */
    private static void copied(Handle handle, String stack, List<DestinationState> destinations) {
        long level = destinations.stream().filter(DestinationState::level).count();
        handle.execute(
                "UPDATE snapshot SET copies = CASE WHEN destinations <> ? OR copies < ? THEN ? ELSE copies END,"
                        + " destinations = ? WHERE stack = ? AND (destinations <> ? OR copies < ?)",
                destinations.size(),
                level,
                level,
                destinations.size(),
                stack,
                destinations.size(),
                level);
    }

    @Override
    public SnapshotRecord pin(StackRecord stack, SnapshotId snapshot, boolean pinned) {
        show(stack.name(), snapshot);
        try (OpenRepository repository = repositories.open(stack.config().repository())) {
            repository.pin(snapshot, pinned);
        }
        return mark(stack.name(), snapshot, "pinned", pinned ? 1 : 0);
    }

    @Override
    public void pinned(StackRecord stack, Set<SnapshotId> pinned) {
        Set<SnapshotId> noted = pinned(stack.name());
        if (!noted.equals(pinned)) {
            jdbi.useTransaction(handle -> {
                Set<SnapshotId> listed = listed(stack.name());
                pinned.stream()
                        .filter(id -> listed.contains(id) && !noted.contains(id))
                        .forEach(id -> mark(handle, stack.name(), id, "pinned", 1));
                noted.stream()
                        .filter(id -> !pinned.contains(id))
                        .forEach(id -> mark(handle, stack.name(), id, "pinned", 0));
            });
        }
    }

    @Override
    public SnapshotRecord note(String stack, SnapshotId snapshot, String note) {
        return mark(stack, snapshot, "note", note.length() <= MAX_NOTE ? note : note.substring(0, MAX_NOTE));
    }

    @Override
    public SnapshotRecord appVersion(String stack, SnapshotId snapshot, String version) {
        return mark(stack, snapshot, "app_version", version.isEmpty() ? null : version);
    }

    private SnapshotRecord mark(String stack, SnapshotId snapshot, String column, @Nullable Object value) {
        return jdbi.inTransaction(handle -> {
            if (find(handle, stack, snapshot).isEmpty()) {
                throw missing(stack, snapshot);
            }
            mark(handle, stack, snapshot, column, value);
            return find(handle, stack, snapshot).orElseThrow();
        });
    }

    private static void mark(Handle handle, String stack, SnapshotId snapshot, String column, @Nullable Object value) {
        handle.execute(
                "INSERT INTO snapshot_mark (stack, id, pinned, note) VALUES (?, ?, 0, '') ON CONFLICT (stack, id) DO NOTHING",
                stack,
                snapshot.text());
        handle.execute(
                "UPDATE snapshot_mark SET " + column + " = ? WHERE stack = ? AND id = ?",
                value,
                stack,
                snapshot.text());
    }

    @Override
    public Map<SnapshotId, String> appVersions(String stack) {
        return jdbi.withHandle(handle -> handle
                .createQuery(
                        "SELECT id, app_version FROM snapshot_mark WHERE stack = :stack AND app_version IS NOT NULL")
                .bind("stack", stack)
                .map((row, _) -> Map.entry(new SnapshotId(row.getString("id")), row.getString("app_version")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Override
    public Set<SnapshotId> pinned(String stack) {
        return marked(stack, "pinned = 1");
    }

    @Override
    public Set<SnapshotId> proven(String stack) {
        return marked(stack, "(restored_at IS NOT NULL OR matched_at IS NOT NULL)");
    }

    private Set<SnapshotId> marked(String stack, String condition) {
        return jdbi.withHandle(handle -> handle
                .createQuery("SELECT id FROM snapshot_mark WHERE stack = :stack AND " + condition)
                .bind("stack", stack)
                .map((row, _) -> new SnapshotId(row.getString("id")))
                .list()
                .stream()
                .collect(Collectors.toSet()));
    }

    @Override
    public void reached(String stack, Set<SnapshotId> snapshots, Assurance.Step step, Instant at) {
        String column = column(step);
        jdbi.useTransaction(
                handle -> snapshots.forEach(snapshot -> mark(handle, stack, snapshot, column, at.toEpochMilli())));
    }

    private static SnapshotRecord record(ResultSet row) throws SQLException {
        return new SnapshotRecord(
                new SnapshotId(row.getString("id")),
                row.getString("stack"),
                Instant.ofEpochMilli(row.getLong("began_at")),
                Instant.ofEpochMilli(row.getLong("committed_at")),
                row.getString("host"),
                row.getString("version"),
                ListingJson.parts(row.getString("parts")),
                row.getLong("entries"),
                row.getLong("bytes"),
                row.getLong("stored_bytes"),
                labels(row),
                ListingJson.findings(row.getString("findings")),
                row.getInt("pinned") != 0,
                Optional.ofNullable(row.getString("note")).orElse(""),
                new Assurance(
                        row.getInt("copies"),
                        row.getInt("destinations"),
                        moment(row, "intact_at"),
                        moment(row, "restored_at"),
                        moment(row, "matched_at"),
                        moment(row, "complete_at")));
    }

    private static Map<String, String> labels(ResultSet row) throws SQLException {
        Map<String, String> labels = ListingJson.labels(row.getString("labels"));
        Optional.ofNullable(row.getString("app_version"))
                .ifPresent(version -> labels.put(SnapshotRecord.APP_VERSION, version));
        return labels;
    }

    private static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }
}
