package dev.holdfast.control.run;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.hook.Hooks;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.stack.Listing;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does with runs by itself: it says that it lives, takes over what others left behind, queues what is due and
 * carries out whose turn it is. All of that happens in {@link #tick}, which a thread of its own calls once {@link #start} was, or a
 * test by itself.
 */
public final class RunService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunService.class);
    private static final Duration PULSE = Duration.ofSeconds(1);
    private static final Duration RELOAD = Duration.ofSeconds(30);
    private static final Duration WATCH = Duration.ofSeconds(10);
    private static final Duration SWEEP = Duration.ofHours(6);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final RunLimits limits;
    private final Supplier<RunLimits> limitsNow;
    private final Ticker ticker;
    private final Ticker eventTicker;
    private final Identity identity;
    private final EventStream events;
    private final LogFiles logs;
    private final RunListeners listeners = new RunListeners();
    private final Dispatcher dispatcher;
    private final Heart heart;
    private final Planner planner;
    private final Strays strays;
    private final Untold untold;
    private final Lateness lateness;
    private final Runs runs;
    private volatile boolean closing;
    private @Nullable Thread pulse;
    private @Nullable Thread telling;
    private @Nullable Thread heartbeat;
    private Duration lastReload;
    private Duration lastSweep;
    private Duration lastWatch;
    private boolean away;

    /**
     * What a server is made of.
     *
     * @param state folder for its id, its lock and its logs
     * @param name of this server, for people
     * @param zone whose days the log files are of
     * @param limits what it allows itself; asked again now and then, but for what has to do with other servers
     * @param backupOnStart whether a stack without any snapshot is backed up at once
     */
    public record Parts(
            Catalog catalog,
            Seal seal,
            Stacks stacks,
            Snapshots snapshots,
            Connectors connectors,
            Repositories repositories,
            Environment environment,
            Hooks hooks,
            Preparation preparation,
            Path state,
            String name,
            ZoneId zone,
            Supplier<RunLimits> limits,
            boolean backupOnStart) {}

    /**
     * Where time and threads come from.
     *
     * @param ticker for the server's own waiting
     * @param eventTicker for those who tell of events
     * @param executor carries runs out, each on a thread of its own
     */
    public record Machine(
            InstantSource clock, SecureRandom random, Ticker ticker, Ticker eventTicker, Executor executor) {
        /** The machine's own time, and a new thread for each run. */
        public static Machine of(InstantSource clock, SecureRandom random) {
            return new Machine(
                    clock,
                    random,
                    Ticker.ofMachine(),
                    Ticker.ofMachine(),
                    work -> Thread.ofPlatform().daemon().name("run").start(work));
        }
    }

    private RunService(Parts parts, Machine machine, Identity identity) {
        this.identity = identity;
        this.jdbi = parts.catalog().jdbi();
        this.stacks = parts.stacks();
        this.limitsNow = parts.limits();
        this.limits = limitsNow.get();
        this.ticker = machine.ticker();
        this.eventTicker = machine.eventTicker();
        this.table = new RunTable(new RequestJson(parts.seal()), machine.clock(), machine.random());
        this.events = new EventStream(jdbi, table, eventTicker);
        this.logs = new LogFiles(parts.state().resolve("logs"), parts.zone(), jdbi);
        Endings endings = new Endings(jdbi, table, stacks, events, logs, listeners);
        Relook relook = new Relook(stacks, parts.snapshots(), machine.executor(), () -> closing);
        Execution execution = new Execution(
                parts.connectors(),
                stack -> listed(parts, stack, relook),
                parts.snapshots(),
                parts.environment(),
                machine.clock());
        Work.Tools tools = new Work.Tools(
                execution,
                parts.hooks(),
                parts.preparation(),
                new Proof(parts.snapshots(), machine.clock()),
                listeners);
        this.dispatcher = new Dispatcher(
                jdbi,
                table,
                stacks,
                endings,
                (run, stack, request, cancellation) -> work(run, stack, request, cancellation, tools),
                limitsNow,
                identity,
                ticker,
                machine.executor());
        this.heart = new Heart(jdbi, table, stacks, endings, dispatcher, identity, limits, ticker);
        this.planner = new Planner(
                jdbi,
                table,
                stacks,
                parts.snapshots(),
                endings,
                heart,
                limits,
                machine.executor(),
                parts.backupOnStart());
        this.strays = new Strays(jdbi, table, endings, heart, ticker);
        this.untold = new Untold(jdbi, table, endings, heart, ticker);
        this.lateness = new Lateness(jdbi, table, stacks, limits, listeners);
        this.runs = new QueuedRuns(jdbi, table, stacks, endings, events, ticker);
        this.listeners.add(relook);
        this.lastReload = ticker.elapsed();
        this.lastSweep = ticker.elapsed();
        this.lastWatch = ticker.elapsed();
    }

    /**
     * A server that does nothing yet.
     *
     * @throws dev.holdfast.engine.error.Busy (CONFLICT) if another process uses the state folder
     */
    public static RunService open(Parts parts, Machine machine) {
        Identity identity =
                Identity.in(parts.state(), parts.name(), machine.clock().instant(), machine.random());
        try {
            return new RunService(parts, machine, identity);
        } catch (RuntimeException e) {
            identity.close();
            throw e;
        }
    }

    private static Repositories listed(Parts parts, StackRecord stack, Relook relook) {
        return new Listing(parts.repositories(), parts.snapshots(), stack, () -> relook.outdated(stack.name()));
    }

    private Dispatcher.Task work(
            RunRecord run, StackRecord stack, RunRequest request, Cancellation cancellation, Work.Tools tools) {
        RunWatch watch = new RunWatch(run, events, logs, table, ticker);
        return new Work(run, stack, request, cancellation, watch, tools);
    }

    public Runs runs() {
        return runs;
    }

    public RunEvents events() {
        return events;
    }

    public RunLogs logs() {
        return logs;
    }

    public RunListeners listeners() {
        return listeners;
    }

    /** Begins to work by itself. */
    public void start() {
        pulse = Thread.ofPlatform().daemon().name("runs").start(this::beat);
        heartbeat = Thread.ofPlatform().daemon().name("run heartbeat").start(this::live);
        telling = Thread.ofPlatform().daemon().name("run events").start(this::tell);
    }

    private void beat() {
        try {
            while (!closing) {
                tick();
                ticker.pause(PULSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("the server ends", e);
        }
    }

    /** Apart from the work, which may take its time when everything is slow. */
    private void live() {
        Ticker own = Ticker.ofMachine();
        boolean heard = true;
        try {
            while (!closing) {
                heard = isHeard(heard);
                own.pause(limits.beat());
            }
        } catch (InterruptedException e) {
            LOG.debug("the server is silent from now on", e);
        }
    }

    private boolean isHeard(boolean before) {
        try {
            heart.beat();
            return true;
        } catch (JdbiException e) {
            if (before) {
                LOG.warn("the catalog cannot be told that this server lives", e);
            }
            return false;
        }
    }

    private void tell() {
        try {
            while (!closing) {
                events.pump();
                eventTicker.pause(PULSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("nobody tells of events any more", e);
        }
    }

    /** Does everything that is to be done now. If the catalog is away, it is done when that is back. */
    public void tick() {
        try {
            heart.tick();
            dispatcher.tick();
            planner.tick();
            dispatcher.tick();
            watch();
            tidy();
            if (away) {
                LOG.info("the catalog answers again");
            }
            away = false;
        } catch (JdbiException e) {
            if (!away) {
                LOG.error("the catalog does not answer; runs that are under way go on, no new ones begin", e);
            }
            away = true;
        } catch (RuntimeException e) {
            LOG.error("the server's own work failed, and is tried again", e);
        }
    }

    /** Tells those who listen of what has happened; needed only where nobody called {@link #start}. */
    public void pump() {
        events.pump();
    }

    private void watch() {
        Duration now = ticker.elapsed();
        if (now.minus(lastWatch).compareTo(WATCH) >= 0) {
            lastWatch = now;
            strays.tick();
            untold.tick();
            lateness.tick();
        }
    }

    private void tidy() {
        Duration now = ticker.elapsed();
        if (now.minus(lastReload).compareTo(RELOAD) >= 0) {
            lastReload = now;
            stacks.reload();
        }
        if (now.minus(lastSweep).compareTo(SWEEP) >= 0) {
            lastSweep = now;
            RunLimits kept = limitsNow.get();
            events.forget(table.now().minus(kept.keepEvents()));
            logs.forget(table.now().minus(kept.keepLogs()));
            jdbi.useTransaction(handle ->
                    table.forget(handle, table.now().minus(kept.keepRuns()), RunTable.KEPT_ALWAYS, RunTable.MOST_KEPT));
        }
    }

    /** How many runs this server carries out now. */
    public int underWay() {
        return dispatcher.count();
    }

    /** Ends in order: runs that are under way are ended, marked as abandoned, and queued again where they are of a kind that is. */
    @Override
    public void close() {
        closing = true;
        dispatcher.close("the server was stopped while it ran");
        ticker.wake();
        eventTicker.wake();
        try {
            join(pulse);
            join(telling);
            interrupt(heartbeat);
            awaitRuns();
            events.pump();
            heart.leave();
        } catch (JdbiException e) {
            LOG.warn("the server ends without a word in the catalog, which does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            identity.close();
        }
    }

    private static void interrupt(@Nullable Thread thread) throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join(CLOSING);
        }
    }

    private static void join(@Nullable Thread thread) throws InterruptedException {
        if (thread != null) {
            thread.join(CLOSING);
        }
    }

    private void awaitRuns() throws InterruptedException {
        Duration until = ticker.elapsed().plus(CLOSING);
        while (dispatcher.count() > 0 && ticker.elapsed().compareTo(until) < 0) {
            dispatcher.tick();
            ticker.pause(Duration.ofMillis(200));
        }
        if (dispatcher.count() > 0) {
            LOG.warn("these runs did not end in time: {}", dispatcher.summary());
        }
    }
}
