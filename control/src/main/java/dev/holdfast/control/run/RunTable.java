package dev.holdfast.control.run;

import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.SnapshotId;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The queries on runs; each within the transaction of its caller. Safe for many threads. */
final class RunTable {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    /** A message may hold a whole tool's output. */
    private static final int MAX_MESSAGE = 8_000;

    static final int KEPT_ALWAYS = 10_000;
    static final int MOST_KEPT = 100_000;

    private final RequestJson requests;
    private final InstantSource clock;
    private final SecureRandom random;

    RunTable(RequestJson requests, InstantSource clock, SecureRandom random) {
        this.requests = requests;
        this.clock = clock;
        this.random = random;
    }

    Instant now() {
        return clock.instant();
    }

    /** Writes a run down; empty if there is one with its key already. */
    Optional<RunRecord> insert(Handle handle, NewRun run) {
        return insert(handle, run, RunState.WAITING, "its turn");
    }

    /** Writes down that a run was due and did not begin. */
    RunRecord insertMissed(Handle handle, NewRun run, String why) {
        RunRecord missed = insert(handle, run, RunState.WAITING, "").orElseThrow();
        endWaiting(handle, missed.id(), Ending.missed(why));
        return find(handle, missed.id()).orElseThrow();
    }

    private Optional<RunRecord> insert(Handle handle, NewRun run, RunState state, String waitingFor) {
        RunId id = nextId(handle);
        long now = now().toEpochMilli();
        handle.createUpdate("""
                        INSERT INTO run (id, stack, kind, state, cause, actor, request, idempotency_key, requested_at,
                            due_at, not_before, waiting_for, attempt, first_run, bytes_read, bytes_stored, server_name,
                            claim)
                        VALUES (:id, :stack, :kind, :state, :cause, :actor, :request, :key, :requested, :due, :notBefore,
                            :waitingFor, :attempt, :first, 0, 0, '', 0) ON CONFLICT (idempotency_key) DO NOTHING""")
                .bind("id", id.text())
                .bind("stack", run.request().stack())
                .bind("kind", run.request().kind().name())
                .bind("state", state.name())
                .bind("cause", run.trigger().name())
                .bind("actor", run.actor())
                .bind("request", requests.write(run.request()))
                .bind("key", run.key().orElse(null))
                .bind("requested", now)
                .bind("due", run.due().map(Instant::toEpochMilli).orElse(null))
                .bind("notBefore", run.notBefore().toEpochMilli())
                .bind("waitingFor", waitingFor)
                .bind("attempt", run.attempt())
                .bind("first", run.first().map(RunId::text).orElse(null))
                .execute();
        return find(handle, id);
    }

    /** Ids order as runs were asked for, whatever the clock says. */
    private RunId nextId(Handle handle) {
        Instant now = now();
        Optional<Instant> last = handle.createQuery("SELECT max(id) FROM run")
                .mapTo(String.class)
                .findOne()
                .map(id -> new SnapshotId(id).time());
        return RunId.at(
                last.filter(moment -> !moment.isBefore(now.truncatedTo(ChronoUnit.MILLIS)))
                        .map(moment -> moment.plusMillis(1))
                        .orElse(now),
                random);
    }

    Optional<RunRecord> find(Handle handle, RunId id) {
        return handle.createQuery("SELECT * FROM run WHERE id = :id")
                .bind("id", id.text())
                .map(RunTable::record)
                .findOne();
    }

    Optional<RunRecord> withKey(Handle handle, String key) {
        return handle.createQuery("SELECT * FROM run WHERE idempotency_key = :key")
                .bind("key", key)
                .map(RunTable::record)
                .findOne();
    }

    Optional<RunRequest> request(Handle handle, RunId id) {
        return handle.createQuery("SELECT request FROM run WHERE id = :id")
                .bind("id", id.text())
                .mapTo(String.class)
                .findOne()
                .map(requests::read);
    }

    /** All that wait, oldest first, up to a number that a person could still look through. */
    List<RunRecord> waiting(Handle handle, int limit) {
        return handle.createQuery("SELECT * FROM run WHERE state = 'WAITING' ORDER BY id LIMIT :limit")
                .bind("limit", limit)
                .map(RunTable::record)
                .list();
    }

    List<RunRecord> running(Handle handle) {
        return handle.createQuery("SELECT * FROM run WHERE state = 'RUNNING' ORDER BY id")
                .map(RunTable::record)
                .list();
    }

    List<RunRecord> open(Handle handle, String stack, RunKind kind) {
        return handle.createQuery(
                        "SELECT * FROM run WHERE state IN ('WAITING', 'RUNNING') AND stack = :stack AND kind = :kind"
                                + " ORDER BY id")
                .bind("stack", stack)
                .bind("kind", kind.name())
                .map(RunTable::record)
                .list();
    }

    boolean any(Handle handle, String stack) {
        return handle.createQuery("SELECT 1 FROM run WHERE stack = :stack LIMIT 1")
                .bind("stack", stack)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /** Claims under way, with which server has them. */
    List<Claim> claims(Handle handle) {
        return handle.createQuery("SELECT id, server, claim FROM run WHERE state = 'RUNNING'")
                .map((row, _) -> new Claim(new RunId(row.getString("id")), text(row, "server"), row.getLong("claim")))
                .list();
    }

    /** Lets nobody else look whether a run of this stack may begin, until the transaction ends. */
    void gate(Handle handle, String stack) {
        int locked = 0;
        while (locked == 0) { // it may be swept in between
            handle.execute("INSERT INTO run_gate (stack, turns) VALUES (?, 0) ON CONFLICT (stack) DO NOTHING", stack);
            locked = handle.execute("UPDATE run_gate SET turns = turns + 1 WHERE stack = ?", stack);
        }
    }

    /** Takes a waiting run; empty if it does not wait any more. */
    Optional<Claim> claim(Handle handle, RunId id, String server, String name) {
        int taken = handle.createUpdate("""
                        UPDATE run SET state = 'RUNNING', server = :server, server_name = :name, claim = claim + 1,
                            began_at = :now, waiting_for = '' WHERE id = :id AND state = 'WAITING'""")
                .bind("id", id.text())
                .bind("server", server)
                .bind("name", name)
                .bind("now", now().toEpochMilli())
                .execute();
        return taken == 0
                ? Optional.empty()
                : handle.createQuery("SELECT claim FROM run WHERE id = :id")
                        .bind("id", id.text())
                        .mapTo(Long.class)
                        .findOne()
                        .map(number -> new Claim(id, server, number));
    }

    /** Ends a run that is under way; false if the claim does not hold any more. */
    boolean end(Handle handle, Claim claim, Ending ending) {
        return ending(handle, claim.run(), ending, "state = 'RUNNING' AND server = :server AND claim = :claim")
                        .bind("server", claim.server())
                        .bind("claim", claim.number())
                        .execute()
                > 0;
    }

    /** Ends a run that never began; false if it does not wait any more. */
    boolean endWaiting(Handle handle, RunId id, Ending ending) {
        return ending(handle, id, ending, "state = 'WAITING'").execute() > 0;
    }

    private Update ending(Handle handle, RunId id, Ending ending, String condition) {
        return handle.createUpdate("""
                        UPDATE run SET state = :state, untold = 1, ended_at = :now, waiting_for = '', error_code = :code,
                            error_message = :message, error_hint = :hint, result = :result, snapshot = :snapshot,
                            bytes_read = :read, bytes_stored = :stored WHERE id = :id AND\s""" + condition)
                .bind("id", id.text())
                .bind("state", ending.state().name())
                .bind("now", now().toEpochMilli())
                .bind("code", ending.error().map(error -> error.code().name()).orElse(null))
                .bind(
                        "message",
                        ending.error().map(error -> cut(error.message())).orElse(null))
                .bind("hint", ending.error().map(RunRecord.Problem::hint).orElse(null))
                .bind("result", ending.result().map(ResultJson::write).orElse(null))
                .bind("snapshot", ending.snapshot().map(SnapshotId::text).orElse(null))
                .bind("read", ending.bytesRead())
                .bind("stored", ending.bytesStored());
    }

    /** Adds what a run made that was given up before; false if that is known already, or it was not given up. */
    boolean addLate(Handle handle, RunId id, Ending ending, String more) {
        return handle.createUpdate("""
                        UPDATE run SET error_message = error_message || :more, result = :result, snapshot = :snapshot,
                            bytes_read = :read, bytes_stored = :stored
                        WHERE id = :id AND state = 'ABANDONED' AND snapshot IS NULL""")
                        .bind("id", id.text())
                        .bind("more", more)
                        .bind("result", ending.result().map(ResultJson::write).orElse(null))
                        .bind(
                                "snapshot",
                                ending.snapshot().map(SnapshotId::text).orElse(null))
                        .bind("read", ending.bytesRead())
                        .bind("stored", ending.bytesStored())
                        .execute()
                > 0;
    }

    /** Runs that have ended and of which not everybody was told. */
    List<Untold.Waiting> untold(Handle handle, int limit) {
        return handle.createQuery("SELECT id, untold FROM run WHERE untold > 0 ORDER BY id LIMIT :limit")
                .bind("limit", limit)
                .map((row, _) -> new Untold.Waiting(new RunId(row.getString("id")), row.getInt("untold")))
                .list();
    }

    /** Begins to tell once more; false if another server does so. */
    boolean tellAgain(Handle handle, Untold.Waiting one) {
        return handle.execute(
                        "UPDATE run SET untold = untold + 1 WHERE id = ? AND untold = ?",
                        one.run().text(),
                        one.tries())
                > 0;
    }

    /** Everybody has heard how it ended. */
    void told(Handle handle, RunId id) {
        handle.execute("UPDATE run SET untold = 0 WHERE id = ?", id.text());
    }

    /** Runs of schedules that have not ended. */
    List<RunRecord> openOfSchedules(Handle handle) {
        return handle.createQuery(
                        "SELECT * FROM run WHERE state IN ('WAITING', 'RUNNING') AND due_at IS NOT NULL ORDER BY id")
                .map(RunTable::record)
                .list();
    }

    /** How many runs of a stack wait. */
    int waiting(Handle handle, String stack) {
        return handle.createQuery("SELECT count(*) FROM run WHERE state = 'WAITING' AND stack = :stack")
                .bind("stack", stack)
                .mapTo(Integer.class)
                .one();
    }

    boolean waitsFor(Handle handle, RunId id, String what) {
        return handle.execute(
                        "UPDATE run SET waiting_for = ? WHERE id = ? AND state = 'WAITING' AND waiting_for <> ?",
                        what,
                        id.text(),
                        what)
                > 0;
    }

    void progress(Handle handle, RunId id, RunProgress progress) {
        handle.execute("UPDATE run SET progress = ? WHERE id = ? AND state = 'RUNNING'", json(progress), id.text());
    }

    void requestCancel(Handle handle, RunId id, String actor) {
        handle.execute(
                "UPDATE run SET cancelled_by = ? WHERE id = ? AND state = 'RUNNING' AND cancelled_by IS NULL",
                actor,
                id.text());
    }

    /** Runs of a server that somebody asked to end, and who. */
    Map<RunId, String> cancelled(Handle handle, String server) {
        return handle.createQuery("SELECT id, cancelled_by FROM run WHERE state = 'RUNNING' AND server = :server"
                        + " AND cancelled_by IS NOT NULL")
                .bind("server", server)
                .map((row, _) -> Map.entry(new RunId(row.getString("id")), text(row, "cancelled_by")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Forgets runs that have ended and were asked for before a moment, or are too many.
     *
     * @param kept so many of the latest are never forgotten, whatever the clock says
     * @param most never are there more than these
     */
    void forget(Handle handle, Instant before, int kept, int most) {
        handle.execute(
                "DELETE FROM run WHERE state NOT IN ('WAITING', 'RUNNING') AND ("
                        + "(requested_at < ? AND id < (SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?))"
                        + " OR id < (SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?))",
                before.toEpochMilli(),
                kept,
                most);
        // what is left of stacks that are long gone
        handle.execute(
                "DELETE FROM run_due WHERE last_at < ? AND stack NOT IN (SELECT stack FROM run)",
                before.toEpochMilli());
        handle.execute("DELETE FROM run_gate WHERE stack NOT IN (SELECT stack FROM run)");
    }

    List<RunRecord> list(Handle handle, RunFilter filter, Optional<RunId> after, int limit) {
        List<String> conditions = new ArrayList<>();
        in(conditions, "stack", filter.stacks());
        in(conditions, "kind", names(filter.kinds()));
        in(conditions, "state", names(filter.states()));
        in(conditions, "cause", names(filter.triggers()));
        filter.since().ifPresent(since -> conditions.add("requested_at >= " + since.toEpochMilli()));
        filter.until().ifPresent(until -> conditions.add("requested_at < " + until.toEpochMilli()));
        after.ifPresent(id -> conditions.add("id < '" + id.text() + "'"));
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        var query = handle.createQuery("SELECT * FROM run" + where + " ORDER BY id DESC LIMIT :limit")
                .bind("limit", limit);
        if (!filter.stacks().isEmpty()) {
            query.bindList("stack", List.copyOf(filter.stacks()));
        }
        return query.map(RunTable::record).list();
    }

    /** Values of enumerations are put into the text as they are; those of people are bound. */
    private static void in(List<String> conditions, String column, Collection<String> values) {
        if (!values.isEmpty()) {
            conditions.add(
                    column.equals("stack")
                            ? "stack IN (<stack>)"
                            : column + values.stream().collect(Collectors.joining("', '", " IN ('", "')")));
        }
    }

    private static List<String> names(Collection<? extends Enum<?>> values) {
        return values.stream().map(Enum::name).toList();
    }

    private static String cut(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
    }

    private static RunRecord record(ResultSet row, StatementContext context) throws SQLException {
        return new RunRecord(
                new RunId(row.getString("id")),
                row.getString("stack"),
                RunKind.valueOf(row.getString("kind")),
                RunState.valueOf(row.getString("state")),
                Trigger.valueOf(row.getString("cause")),
                row.getString("actor"),
                Instant.ofEpochMilli(row.getLong("requested_at")),
                moment(row, "due_at"),
                Instant.ofEpochMilli(row.getLong("not_before")),
                moment(row, "began_at"),
                moment(row, "ended_at"),
                row.getString("waiting_for"),
                row.getInt("attempt"),
                Optional.ofNullable(row.getString("first_run")).map(RunId::new),
                Optional.ofNullable(row.getString("error_code"))
                        .map(code -> new RunRecord.Problem(
                                ErrorCode.valueOf(code),
                                unchecked(row, "error_message"),
                                unchecked(row, "error_hint"))),
                Optional.ofNullable(row.getString("result")),
                Optional.ofNullable(row.getString("snapshot")).map(SnapshotId::new),
                row.getLong("bytes_read"),
                row.getLong("bytes_stored"),
                Optional.ofNullable(row.getString("progress")).map(RunTable::progress),
                row.getString("server_name"),
                row.getString("cancelled_by") != null);
    }

    private static String unchecked(ResultSet row, String column) {
        try {
            return text(row, column);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(ResultSet row, String column) throws SQLException {
        @Nullable String text = row.getString(column);
        return text == null ? "" : text;
    }

    private static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    static String json(RunProgress progress) {
        return MAPPER.writeValueAsString(MAPPER.createObjectNode()
                .put("phase", progress.phase().name())
                .put("subject", progress.subject())
                .put("entries", progress.entries())
                .put("expectedEntries", progress.expectedEntries())
                .put("bytes", progress.bytes())
                .put("expectedBytes", progress.expectedBytes()));
    }

    static RunProgress progress(String text) {
        JsonNode json = MAPPER.readTree(text);
        return new RunProgress(
                Step.Phase.valueOf(json.required("phase").asString()),
                json.required("subject").asString(),
                json.required("entries").asLong(),
                json.required("expectedEntries").asLong(),
                json.required("bytes").asLong(),
                json.required("expectedBytes").asLong());
    }
}
