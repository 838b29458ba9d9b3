package dev.holdfast.control.run;

import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that this server lives, and listens whether the others do. Nobody's clock is believed: a server is gone when its count of
 * beats has stood still for a time that passed here, while this server could look. For one thread, but for {@link #beat}.
 */
final class Heart {
    private static final Logger LOG = LoggerFactory.getLogger(Heart.class);
    private static final long NEVER_HEARD = -1;

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final Endings endings;
    private final Dispatcher dispatcher;
    private final Identity identity;
    private final RunLimits limits;
    private final Ticker ticker;
    private final Map<String, Heard> heard = new HashMap<>();
    private Duration lastLook;
    private boolean looked;
    private List<Row> servers = List.of();

    Heart(
            Jdbi jdbi,
            RunTable table,
            Stacks stacks,
            Endings endings,
            Dispatcher dispatcher,
            Identity identity,
            RunLimits limits,
            Ticker ticker) {
        this.jdbi = jdbi;
        this.table = table;
        this.stacks = stacks;
        this.endings = endings;
        this.dispatcher = dispatcher;
        this.identity = identity;
        this.limits = limits;
        this.ticker = ticker;
        this.lastLook = ticker.elapsed();
    }

    /** What was heard of another server, and when it changed last. */
    private record Heard(long beats, Duration since, Instant wall) {}

    /**
     * @param stacks those it knows; empty if it has not said so
     */
    private record Row(String id, long beats, Instant wall, Optional<Set<String>> stacks) {}

    /** What the catalog says of all servers and their claims at one moment. */
    private record Sight(List<Row> servers, List<Claim> claims) {}

    /** Beats and looks around, if it is time. */
    void tick() {
        Duration now = ticker.elapsed();
        if (looked && now.minus(lastLook).compareTo(limits.beat()) < 0) {
            return;
        }
        beat();
        Sight sight = jdbi.inTransaction(handle -> new Sight(servers(handle), table.claims(handle)));
        boolean blind = now.minus(lastLook).compareTo(limits.lostAfter().dividedBy(2)) > 0;
        lastLook = now;
        looked = true;
        servers = sight.servers();
        listen(sight, now, blind);
        settle(sight, now);
    }

    /** Says that this server lives; by any thread. */
    void beat() {
        String known = stacks.list().stream().map(StackRecord::name).sorted().collect(Collectors.joining("\n"));
        jdbi.useHandle(handle -> beat(handle, known));
    }

    private void beat(Handle handle, String known) {
        handle.createUpdate(
                        "INSERT INTO run_server (id, name, beats, wall_at, stacks) VALUES (:id, :name, 1, :wall, :stacks)"
                                + " ON CONFLICT (id) DO UPDATE SET beats = run_server.beats + 1, name = excluded.name,"
                                + " wall_at = excluded.wall_at, stacks = excluded.stacks")
                .bind("stacks", known)
                .bind("id", identity.id())
                .bind("name", identity.name())
                .bind("wall", table.now().toEpochMilli())
                .execute();
    }

    private static List<Row> servers(Handle handle) {
        return handle.createQuery("SELECT id, beats, wall_at, stacks FROM run_server")
                .map((row, _) -> new Row(
                        row.getString("id"),
                        row.getLong("beats"),
                        Instant.ofEpochMilli(row.getLong("wall_at")),
                        Optional.ofNullable(row.getString("stacks")).map(names -> Set.of(names.split("\n")))))
                .list();
    }

    /**
     * @param blind whether this server could not look for a while: then nobody's silence means anything
     */
    private void listen(Sight sight, Duration now, boolean blind) {
        Map<String, Row> rows = sight.servers().stream().collect(Collectors.toMap(Row::id, row -> row));
        Set<String> known = new HashSet<>(rows.keySet());
        sight.claims().forEach(claim -> known.add(claim.server()));
        known.remove(identity.id());
        heard.keySet().retainAll(known);
        for (String id : known) {
            Row row = rows.getOrDefault(id, new Row(id, NEVER_HEARD, Instant.EPOCH, Optional.empty()));
            Duration since = Optional.ofNullable(heard.get(id))
                    .filter(before -> before.beats() == row.beats() && !blind)
                    .map(Heard::since)
                    .orElse(now);
            heard.put(id, new Heard(row.beats(), since, row.wall()));
        }
    }

    private void settle(Sight sight, Duration now) {
        Set<String> gone = gone(now);
        Set<RunId> held = dispatcher.held();
        Set<RunId> mine = new HashSet<>();
        for (Claim claim : sight.claims()) {
            if (claim.server().equals(identity.id())) {
                mine.add(claim.run());
                if (!held.contains(claim.run())) {
                    abandon(claim, "its server ended while it ran, and is back now");
                }
            } else if (gone.contains(claim.server())) {
                abandon(
                        claim,
                        "its server has given no sign of life for "
                                + limits.lostAfter().toSeconds() + " s");
            }
        }
        dispatcher.lost(held.stream().filter(run -> !mine.contains(run)).toList());
        gone.forEach(id -> jdbi.useHandle(handle -> handle.execute("DELETE FROM run_server WHERE id = ?", id)));
    }

    private Set<String> gone(Duration now) {
        return heard.entrySet().stream()
                .filter(server -> now.minus(server.getValue().since()).compareTo(limits.lostAfter()) >= 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private void abandon(Claim claim, String why) {
        if (endings.end(claim, Ending.abandoned(why))) {
            LOG.warn("run={} is given up: {}", claim.run(), why);
        }
    }

    /** The stacks that servers know which live, this one among them; empty as long as that is not certain. */
    Optional<Set<String>> knownStacks() {
        if (servers.isEmpty()
                || servers.stream().anyMatch(server -> server.stacks().isEmpty())) {
            return Optional.empty();
        }
        Set<String> known = new TreeSet<>();
        servers.forEach(server -> server.stacks().ifPresent(known::addAll));
        return Optional.of(known);
    }

    /** Whether no other server has been heard of lately. */
    boolean isAlone() {
        return heard.isEmpty();
    }

    /** The latest of the clocks of all servers that live, as they told last. */
    Optional<Instant> latestOtherClock() {
        return heard.values().stream().map(Heard::wall).max(Instant::compareTo);
    }

    /** Nobody has to wait until this server's silence is noticed. */
    void leave() {
        jdbi.useHandle(handle -> handle.execute("DELETE FROM run_server WHERE id = ?", identity.id()));
    }
}
