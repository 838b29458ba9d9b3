package dev.holdfast.control.run;

import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes waiting runs whose turn it is and has them carried out; ends those that shall not go on. Its {@code tick} is called by one
 * thread, the rest by any.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int LOOKED_AT = 1_000;
    /** How long a run may take to notice that it shall end, before its waiting is interrupted. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Whoever did not look for so long knows nothing of what went on: the machine stood still, or the catalog was away. */
    private static final Duration BLIND = Duration.ofMinutes(2);
    /** How long a run that does not end may keep its place. */
    private static final Duration LAST_PATIENCE = Duration.ofMinutes(5);

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final Endings endings;
    private final Starting starting;
    private final Supplier<RunLimits> limits;
    private final Identity identity;
    private final Ticker ticker;
    private final Executor executor;
    private final Map<RunId, Active> active = new ConcurrentHashMap<>();
    private volatile boolean closing;
    private Duration lastTick;

    /** Makes what carries a run out. */
    @FunctionalInterface
    interface Starting {
        Task begin(RunRecord run, StackRecord stack, RunRequest request, Cancellation cancellation);
    }

    /** A run as it is carried out. */
    interface Task {
        /** Does it, and never throws. */
        Ending perform();

        /** Who hears of its progress. */
        RunWatch watch();

        /** Whether it waits for something that it may as well give up. */
        boolean isInterruptible();
    }

    Dispatcher(
            Jdbi jdbi,
            RunTable table,
            Stacks stacks,
            Endings endings,
            Starting starting,
            Supplier<RunLimits> limits,
            Identity identity,
            Ticker ticker,
            Executor executor) {
        this.jdbi = jdbi;
        this.table = table;
        this.stacks = stacks;
        this.endings = endings;
        this.starting = starting;
        this.limits = limits;
        this.identity = identity;
        this.ticker = ticker;
        this.executor = executor;
        this.lastTick = ticker.elapsed();
    }

    /** Why a run shall end before it is done, and how it has ended then. */
    private record Stop(Ending ending, Duration since) {}

    /** A run that this server carries out. */
    private final class Active implements Runnable {
        private final RunRecord run;
        private final Claim claim;
        private final Task task;
        private final Cancellation cancellation;
        private final Duration stalledAfter;
        private final Object onThread = new Object();
        private @Nullable Thread thread;
        private volatile @Nullable Stop stop;
        private volatile @Nullable Ending ending;
        private volatile boolean given;
        private boolean saved;

        private Active(RunRecord run, Claim claim, Task task, Cancellation cancellation, Duration stalledAfter) {
            this.run = run;
            this.claim = claim;
            this.task = task;
            this.cancellation = cancellation;
            this.stalledAfter = stalledAfter;
        }

        @Override
        public void run() {
            synchronized (onThread) {
                thread = Thread.currentThread();
            }
            Ending reached = task.perform();
            synchronized (onThread) {
                thread = null;
                boolean _ = Thread.interrupted();
            }
            if (!given) {
                Stop stopped = stop;
                Ending last = reached;
                if (stopped != null && reached.state().isFailure()) {
                    last = stopped.ending().with(reached.result());
                }
                ending = last;
                save(this);
            }
        }

        /** Asks it to end; the first reason counts. */
        private void stop(Ending as) {
            if (stop == null) {
                stop = new Stop(as, ticker.elapsed());
                cancellation.cancel();
            }
        }

        private void insist() {
            synchronized (onThread) {
                if (thread != null && task.isInterruptible()) {
                    thread.interrupt();
                }
            }
        }
    }

    int count() {
        return active.size();
    }

    Set<RunId> held() {
        return Set.copyOf(active.keySet());
    }

    void tick() {
        pardon();
        active.values().forEach(this::look);
        if (!closing) {
            stopCancelled();
            begin();
        }
    }

    /** A machine that was suspended makes no progress either, and its runs go on afterwards. */
    private void pardon() {
        Duration now = ticker.elapsed();
        if (now.minus(lastTick).compareTo(BLIND) > 0) {
            active.values().forEach(one -> one.task.watch().pardon());
        }
        lastTick = now;
    }

    private void look(Active one) {
        Ending reached = one.ending;
        Stop stopped = one.stop;
        if (reached != null) {
            save(one);
        } else if (stopped != null) {
            hurry(one, stopped);
        } else {
            one.task.watch().sample();
            endIfStalled(one);
        }
    }

    private void endIfStalled(Active one) {
        Duration silence = one.task.watch().silence();
        if (silence.compareTo(one.stalledAfter) >= 0) {
            String step = one.task.watch().step().map(s -> " in step " + s).orElse("");
            one.stop(
                    Ending.failed(
                            RunState.FAILED,
                            new RunRecord.Problem(
                                    ErrorCode.RUN_STALLED,
                                    "no progress for " + minutes(silence) + step + "; it was ended",
                                    "look whether what it reads from or writes to hangs; 'stalled-after' in the stack file sets the limit.")));
        }
    }

    private static String minutes(Duration silence) {
        return silence.toMinutes() + " min";
    }

    private void hurry(Active one, Stop stopped) {
        Duration since = ticker.elapsed().minus(stopped.since());
        if (since.compareTo(LAST_PATIENCE) >= 0) {
            LOG.error("run={} does not end; its place is given to others, its thread is left alone", one.run.id());
            one.given = true;
            one.ending = stopped.ending();
            save(one);
        } else if (since.compareTo(PATIENCE) >= 0) {
            one.insist();
        }
    }

    private void stopCancelled() {
        if (active.isEmpty()) {
            return;
        }
        Map<RunId, String> cancelled = jdbi.withHandle(handle -> table.cancelled(handle, identity.id()));
        cancelled.forEach((id, by) -> {
            Active one = active.get(id);
            if (one != null) {
                one.stop(Ending.cancelled(by));
            }
        });
    }

    /** Runs that were taken from this server: what they still do must not count. */
    void lost(Collection<RunId> runs) {
        for (RunId id : runs) {
            Active one = active.get(id);
            if (one != null && one.ending == null) {
                LOG.warn("run={} was taken over by another server, and is ended here", id);
                one.stop(Ending.abandoned("another server took it over"));
            }
        }
    }

    private void begin() {
        List<RunRecord> waiting = jdbi.withHandle(handle -> table.waiting(handle, LOOKED_AT));
        if (waiting.isEmpty()) {
            return;
        }
        RunLimits allowed = limits.get();
        List<RunRecord> running = jdbi.withHandle(table::running);
        List<RunRecord> inTurn = waiting.stream()
                .sorted(Comparator.comparing((RunRecord run) -> run.kind().lane() != RunKind.Lane.RESTORE))
                .toList();
        for (RunRecord run : inTurn) {
            Optional<String> obstacle = obstacle(run, running, allowed);
            if (obstacle.isPresent()) {
                waitFor(run, obstacle.get());
            } else if (begin(run)) {
                running = jdbi.withHandle(table::running);
            }
        }
    }

    private void waitFor(RunRecord run, String obstacle) {
        boolean changed = !run.waitingFor().equals(obstacle)
                && jdbi.withHandle(handle -> table.waitsFor(handle, run.id(), obstacle));
        if (changed) {
            endings.tell(
                    jdbi.withHandle(handle -> table.find(handle, run.id())).stream()
                            .toList(),
                    Optional.empty());
        }
    }

    /** What keeps a run from beginning here and now. */
    private Optional<String> obstacle(RunRecord run, List<RunRecord> running, RunLimits allowed) {
        if (run.notBefore().isAfter(table.now()) && !isOfTheFuture(run, allowed)) {
            return Optional.of("attempt " + run.attempt() + " at " + run.notBefore());
        }
        if (stacks.find(run.stack()).isEmpty()) {
            // another server may know it, and say better what it waits for
            boolean told =
                    !run.waitingFor().equals("its turn") && !run.waitingFor().isEmpty();
            return Optional.of(told ? run.waitingFor() : "a server that knows stack '" + run.stack() + "'");
        }
        Optional<String> other =
                running.stream().filter(one -> excludes(one, run)).findFirst().map(Dispatcher::shown);
        return other.isPresent() ? other : place(run, allowed);
    }

    /** It was asked for before the clock went back: nobody knows how long it has waited. */
    private boolean isOfTheFuture(RunRecord run, RunLimits allowed) {
        return run.requested().isAfter(table.now().plus(allowed.lateAfter()));
    }

    private static boolean excludes(RunRecord underWay, RunRecord run) {
        return underWay.stack().equals(run.stack())
                && run.kind().lane().waitsFor(underWay.kind().lane());
    }

    private static String shown(RunRecord run) {
        return "the " + run.kind().label() + " that is under way, run " + run.id();
    }

    /** People wait for restores: those do not have to wait for a place. */
    private Optional<String> place(RunRecord run, RunLimits allowed) {
        long taken = active.values().stream()
                .filter(one -> one.run.kind().lane() != RunKind.Lane.RESTORE)
                .count();
        int places = allowed.atOnce();
        return run.kind().lane() == RunKind.Lane.RESTORE || taken < places
                ? Optional.empty()
                : Optional.of("a place; " + places + " runs at once are allowed on each server");
    }

    private boolean begin(RunRecord run) {
        Optional<StackRecord> stack = stacks.find(run.stack());
        Optional<Claim> claim = stack.isEmpty() ? Optional.empty() : claim(run);
        if (claim.isEmpty()) {
            return false;
        }
        RunRecord begun =
                jdbi.withHandle(handle -> table.find(handle, run.id())).orElseThrow();
        Optional<RunRequest> request = request(claim.get());
        request.ifPresent(what -> begin(begun, claim.get(), stack.get(), what));
        return true;
    }

    private Optional<RunRequest> request(Claim claim) {
        try {
            return jdbi.withHandle(handle -> table.request(handle, claim.run()));
        } catch (JdbiException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("the request of run={} cannot be read", claim.run(), e);
            endings.end(claim, e instanceof HoldfastException known ? Ending.failed(known) : Ending.unexpected(e));
            return Optional.empty();
        }
    }

    private void begin(RunRecord run, Claim claim, StackRecord stack, RunRequest request) {
        Cancellation cancellation = new Cancellation();
        Task task = starting.begin(run, stack, request, cancellation);
        Active one = new Active(
                run, claim, task, cancellation, stack.config().policies().stalledAfter());
        active.put(run.id(), one);
        endings.tell(List.of(run), Optional.empty());
        executor.execute(one);
    }

    /** Nobody else looks at this stack meanwhile, on whichever server. */
    private Optional<Claim> claim(RunRecord run) {
        return jdbi.inTransaction(handle -> {
            table.gate(handle, run.stack());
            boolean free = table.running(handle).stream().noneMatch(one -> excludes(one, run));
            return free ? table.claim(handle, run.id(), identity.id(), identity.name()) : Optional.<Claim>empty();
        });
    }

    private void save(Active one) {
        Ending reached = one.ending;
        try {
            synchronized (one) {
                if (reached == null || one.saved) {
                    return;
                }
                if (!endings.end(one.claim, reached)) {
                    endings.late(one.claim, reached);
                }
                one.saved = true;
            }
            active.remove(one.run.id());
            ticker.wake();
        } catch (JdbiException e) {
            LOG.warn("the end of run={} cannot be written yet: the catalog does not answer", one.run.id(), e);
        }
    }

    /** Begins nothing any more, and asks everything that is under way to end. */
    void close(String why) {
        closing = true;
        active.values().forEach(one -> one.stop(Ending.abandoned(why)));
    }

    /** For messages. */
    String summary() {
        return active.values().stream().map(one -> one.run.id().text()).collect(Collectors.joining(", "));
    }
}
