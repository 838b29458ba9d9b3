package dev.holdfast.control.run;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events on their way into the catalog and out of it. Those of this server are gathered and written together; all of them, also
 * of other servers, are read from the catalog, so that everybody hears the same in the same order. While the catalog is away they
 * wait here, the oldest given up first if there are too many. Safe for many threads.
 */
final class EventStream implements RunEvents {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int MAX_WAITING = 10_000;
    private static final int READ_AT_ONCE = 1_000;

    private final Jdbi jdbi;
    private final RunTable table;
    private final Ticker ticker;
    private final Deque<RunEvent> waiting = new ArrayDeque<>();
    private final Map<RunId, RunEvent> progress = new LinkedHashMap<>();
    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final Object writing = new Object();
    private boolean away;

    /**
     * @param ticker woken when somebody should hear something soon
     */
    EventStream(Jdbi jdbi, RunTable table, Ticker ticker) {
        this.jdbi = jdbi;
        this.table = table;
        this.ticker = ticker;
    }

    private final class Reader implements Subscription {
        private final Optional<RunId> run;
        private final Consumer<RunEvent> listener;
        private volatile boolean closed;
        private long position;

        private Reader(Optional<RunId> run, long position, Consumer<RunEvent> listener) {
            this.run = run;
            this.position = position;
            this.listener = listener;
        }

        private void hear(RunEvent event) {
            if (closed || event.sequence() <= position) {
                return;
            }
            position = event.sequence();
            if (run.isEmpty() || run.get().equals(event.run())) {
                tell(event);
            }
        }

        private void tell(RunEvent event) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.warn("somebody who listened to events failed, and hears no more of them", e);
                close();
            }
        }

        @Override
        public void close() {
            closed = true;
            readers.remove(this);
        }
    }

    /** Something happened on this server. */
    void note(RunRecord run, RunEvent.Body body) {
        note(run.id(), run.stack(), body);
    }

    void note(RunId run, String stack, RunEvent.Body body) {
        RunEvent event = new RunEvent(0, run, stack, table.now(), body);
        synchronized (waiting) {
            if (body instanceof RunEvent.Progressed) {
                progress.put(run, event);
                return;
            }
            if (body instanceof RunEvent.State state && state.state().hasEnded()) {
                progress.remove(run); // nothing comes after the end
            }
            waiting.add(event);
            if (waiting.size() > MAX_WAITING) {
                waiting.removeFirst();
            }
        }
        ticker.wake();
    }

    void noteState(RunRecord run) {
        note(run, new RunEvent.State(run.state(), run.waitingFor(), run.error()));
    }

    /** Writes what was noted and tells it to everybody who listens here. */
    void pump() {
        synchronized (writing) {
            try {
                write(gathered());
                tell();
                away = false;
            } catch (JdbiException e) {
                if (!away) {
                    LOG.warn("events cannot be written or read: the catalog does not answer", e);
                }
                away = true;
            }
        }
    }

    private List<RunEvent> gathered() {
        synchronized (waiting) {
            List<RunEvent> all = new ArrayList<>(waiting);
            all.addAll(progress.values());
            waiting.clear();
            progress.clear();
            return all;
        }
    }

    private void write(List<RunEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        try {
            jdbi.useTransaction(handle -> write(handle, events));
        } catch (JdbiException e) {
            synchronized (waiting) {
                events.reversed().stream()
                        .filter(event -> !(event.body() instanceof RunEvent.Progressed))
                        .forEach(waiting::addFirst);
            }
            throw e;
        }
    }

    private void write(Handle handle, List<RunEvent> events) {
        long last = handle.createQuery("UPDATE run_counter SET value = value + :n WHERE name = 'event' RETURNING value")
                .bind("n", events.size())
                .mapTo(Long.class)
                .one();
        long sequence = last - events.size();
        PreparedBatch batch = handle.prepareBatch("INSERT INTO run_event (seq, run, stack, at, label, body)"
                + " VALUES (:seq, :run, :stack, :at, :label, :body)");
        for (RunEvent event : events) {
            sequence++;
            batch.bind("seq", sequence)
                    .bind("run", event.run().text())
                    .bind("stack", event.stack())
                    .bind("at", event.at().toEpochMilli())
                    .bind("label", event.body().label())
                    .bind("body", EventJson.write(event.body()))
                    .add();
        }
        batch.execute();
        for (RunEvent event : events) {
            if (event.body() instanceof RunEvent.Progressed progressed) {
                supersede(handle, event.run(), progressed.progress(), last - events.size());
            }
        }
    }

    private void supersede(Handle handle, RunId run, RunProgress now, long before) {
        handle.execute("DELETE FROM run_event WHERE run = ? AND label = 'progress' AND seq <= ?", run.text(), before);
        table.progress(handle, run, now);
    }

    private void tell() {
        while (!readers.isEmpty()) {
            long known =
                    readers.stream().mapToLong(reader -> reader.position).min().orElse(0);
            List<RunEvent> events = since(Optional.empty(), known, READ_AT_ONCE);
            events.forEach(event -> readers.forEach(reader -> reader.hear(event)));
            if (events.size() < READ_AT_ONCE) {
                return;
            }
        }
    }

    @Override
    public Subscription subscribe(Optional<RunId> run, long after, Consumer<RunEvent> listener) {
        Reader reader = new Reader(run, after, listener);
        readers.add(reader);
        ticker.wake();
        return reader;
    }

    @Override
    public List<RunEvent> since(Optional<RunId> run, long after, int limit) {
        String ofRun = run.map(id -> " AND run = '" + id.text() + "'").orElse("");
        return jdbi.withHandle(handle -> handle.createQuery("SELECT seq, run, stack, at, label, body FROM run_event"
                        + " WHERE seq > :after" + ofRun + " ORDER BY seq LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, _) -> new RunEvent(
                        row.getLong("seq"),
                        new RunId(row.getString("run")),
                        row.getString("stack"),
                        Instant.ofEpochMilli(row.getLong("at")),
                        EventJson.read(row.getString("label"), row.getString("body"))))
                .list());
    }

    @Override
    public long last() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT value FROM run_counter WHERE name = 'event'")
                .mapTo(Long.class)
                .one());
    }

    /** Forgets what is older. */
    void forget(Instant before) {
        jdbi.useHandle(handle -> handle.execute("DELETE FROM run_event WHERE at < ?", before.toEpochMilli()));
    }
}
