package dev.holdfast.control.notify;

import dev.holdfast.control.catalog.Catalog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, with incidents and messages in the catalog: what was to be told before a restart is told after it, and of several
 * servers on one catalog one tells. {@link #hear} and {@link #tell} write to the catalog and return; a thread of its own sends.
 */
public final class CatalogNotifier implements Notifier, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogNotifier.class);
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final Duration TIDY = Duration.ofHours(6);
    private static final Duration DELIVERIES_KEPT = Duration.ofDays(30);
    private static final Duration INCIDENTS_KEPT = Duration.ofDays(400);
    private static final Duration GONE_AFTER = Duration.ofDays(30);
    private static final int MOST_AT_ONCE = 16;
    private static final int MOST_IN_DIGEST = 20;

    private final Jdbi jdbi;
    private final NotificationBook book;
    private final DigestSource digests;
    private final InstantSource clock;
    private final Patience patience;
    private final Messenger messenger;
    private final IncidentTable incidents;
    private final DeliveryTable deliveries;
    private final OrderedIds ids;
    private final NotificationHistory history;
    private final DigestTable digestTable = new DigestTable();
    private final SizeTable sizes = new SizeTable();
    private final Semaphore nudges = new Semaphore(0);
    private final Semaphore sending = new Semaphore(MOST_AT_ONCE);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean closing;
    private @Nullable Thread loop;
    private Instant tidied = Instant.EPOCH;

    /**
     * A notifier; it hears, but sends only once it is started.
     *
     * @param book says who is told what
     * @param digests says what digests say
     * @param reach where channels may be
     */
    public CatalogNotifier(
            Catalog catalog, NotificationBook book, DigestSource digests, Reach reach, InstantSource clock) {
        this(catalog, book, digests, reach, Patience.USUAL, clock);
    }

    CatalogNotifier(
            Catalog catalog,
            NotificationBook book,
            DigestSource digests,
            Reach reach,
            Patience patience,
            InstantSource clock) {
        this.jdbi = catalog.jdbi();
        this.book = book;
        this.digests = digests;
        this.clock = clock;
        this.patience = patience;
        this.messenger = new Messenger(reach, patience, clock);
        this.ids = new OrderedIds(clock);
        this.incidents = new IncidentTable(ids);
        this.deliveries = new DeliveryTable(ids);
        this.history = new NotificationHistory(catalog, book, clock);
    }

    /** Begins to send what waits. */
    public synchronized void start() {
        if (loop == null) {
            concerns().forEach(concern -> LOG.warn("notifications are not complete: {}", concern));
            loop = Thread.ofPlatform().name("notify").daemon(true).start(this::sendUntilClosed);
        }
    }

    @Override
    public void hear(Fact fact) {
        Instant now = clock.instant();
        AlarmLimits limits = limits(fact);
        jdbi.useTransaction(handle -> {
            ping(handle, fact, now);
            Fact whole = fact instanceof Fact.SizesSeen seen ? sizes.note(handle, seen, now) : fact;
            Set<Target> told = new HashSet<>();
            Alarms.of(whole, limits).forEach(alarm -> act(handle, alarm, told, now));
        });
        nudges.release();
    }

    @Override
    public void tell(Notice notice) {
        Instant now = clock.instant();
        jdbi.useTransaction(handle -> post(handle, notice, new HashSet<>(), now));
        nudges.release();
    }

    @Override
    public Answer test(Optional<String> stack, NotifyConfig channel) {
        Notice notice = new Notice(
                NoticeKind.TEST,
                Urgency.GOOD,
                stack,
                stack.map(name -> name + ": ").orElse("") + "this is a test",
                "If you can read this, Holdfast can reach you here.",
                List.of(new Detail("channel", channel.name())),
                Optional.empty(),
                Optional.empty(),
                clock.instant());
        Answer answer = messenger.send(channel, notice, ids.next());
        LOG.info("channel tested channel={} type={} answer={}", channel.name(), channel.type(), answer.said());
        return answer;
    }

    /** What it knows of what goes on and of what people were told. */
    public NotificationHistory history() {
        return history;
    }

    /** What is wrong with the settings as they are now, a sentence each: routes to channels that are not there. */
    public List<String> concerns() {
        return Routing.unknown(book);
    }

    /** Does everything that is due, and waits until it is done. */
    void tend() throws InterruptedException {
        prepare();
        for (List<Thread> round = dispatch(); !round.isEmpty(); round = dispatch()) {
            for (Thread one : round) {
                one.join();
            }
        }
    }

    /** Ends; messages that wait are sent after the next start. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        closing = true;
        nudges.release();
        try {
            Thread running = running();
            if (running != null) {
                running.join(ROUND);
            }
            if (!sending.tryAcquire(MOST_AT_ONCE, ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("messages are still being sent at the end; they may be sent again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        messenger.close();
    }

    private synchronized @Nullable Thread running() {
        return loop;
    }

    private void sendUntilClosed() {
        while (!closing) {
            try {
                prepare();
                dispatch();
                if (nudges.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                    nudges.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("messages could not be sent now; trying again in {} s", ROUND.toSeconds(), e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            nudges.drainPermits();
            nudges.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing = true;
        }
    }

    private void prepare() {
        Instant now = clock.instant();
        jdbi.withHandle(handle -> incidents.due(handle, now))
                .forEach(row -> jdbi.useTransaction(handle -> announce(handle, row, now)));
        digest(now);
        if (Duration.between(tidied, now).abs().compareTo(TIDY) > 0) {
            tidied = now;
            Set<String> stacks = book.stacks();
            jdbi.useTransaction(handle -> {
                forgotten(handle, stacks, now).forEach(row -> endQuietly(handle, row, now));
                sizes.tidy(handle, now.minus(INCIDENTS_KEPT));
                digestTable.forgetFuture(handle, now);
                deliveries.tidy(handle, now.minus(DELIVERIES_KEPT));
                incidents.tidy(handle, now.minus(INCIDENTS_KEPT));
                digestTable.tidy(handle, now.minus(INCIDENTS_KEPT));
            });
        }
    }

    /** Incidents that nothing would ever end: of stacks, destinations and the like that are gone. */
    private List<IncidentTable.Row> forgotten(Handle handle, Set<String> stacks, Instant now) {
        Instant longAgo = now.minus(INCIDENTS_KEPT);
        return incidents.unseenSince(handle, now.minus(GONE_AFTER)).stream()
                .filter(row -> row.seen().isBefore(longAgo)
                        || row.notice()
                                .stack()
                                .filter(stack -> !stacks.contains(stack))
                                .isPresent())
                .toList();
    }

    private AlarmLimits limits(Fact fact) {
        Optional<String> stack = switch (fact) {
            case Fact.RunBegan f -> Optional.of(f.stack());
            case Fact.RunEnded f -> Optional.of(f.stack());
            case Fact.RunOverdue f -> Optional.of(f.stack());
            case Fact.DestinationSeen f -> Optional.of(f.stack());
            case Fact.StorageSeen f -> Optional.of(f.stack());
            case Fact.SizesSeen f -> Optional.of(f.stack());
            case Fact.ExpirySeen f -> f.stack();
            case Fact.ExpiriesSeen _ -> Optional.empty();
        };
        return stack.flatMap(book::ofStack).orElseGet(book::ofServer).alarms();
    }

    private void act(Handle handle, Alarm alarm, Set<Target> told, Instant now) {
        switch (alarm) {
            case Alarm.Raised raised -> {
                incidents.see(handle, raised.name(), raised.notice(), raised.grace(), now);
                incidents
                        .open(handle, raised.name())
                        .filter(row -> row.due() <= now.toEpochMilli())
                        .ifPresent(row -> announce(handle, row, now));
            }
            case Alarm.Over over -> conclude(handle, over, told, now);
            case Alarm.Gone gone ->
                incidents.openLike(handle, gone.beginning()).stream()
                        .filter(row -> !gone.but().contains(row.name()))
                        .forEach(row -> endQuietly(handle, row, now));
            case Alarm.Told once -> post(handle, once.notice(), told, now);
        }
    }

    private void endQuietly(Handle handle, IncidentTable.Row row, Instant now) {
        if (incidents.end(handle, row, now)) {
            LOG.info("incident is over name={}: what it was about is not there any more", row.name());
        }
    }

    private void announce(Handle handle, IncidentTable.Row row, Instant now) {
        if (incidents.claim(handle, row, nextTelling(row, now))) {
            Notice notice = row.told() == 0 ? IncidentText.begins(row) : IncidentText.goesOn(row, now);
            LOG.warn(
                    "incident {} name={} title={}",
                    row.told() == 0 ? "begins" : "goes on",
                    row.name(),
                    OneLine.of(notice.title(), 200));
            post(handle, notice, new HashSet<>(), now);
        }
    }

    private long nextTelling(IncidentTable.Row row, Instant now) {
        return row.notice()
                .stack()
                .flatMap(book::ofStack)
                .flatMap(Notifications::reminder)
                .or(() -> book.ofServer().reminder())
                .map(reminder -> now.plus(reminder).toEpochMilli())
                .orElse(IncidentTable.NEVER);
    }

    /** One message to each channel, even if several incidents end at once; none if nobody was told that it began. */
    private void conclude(Handle handle, Alarm.Over over, Set<Target> told, Instant now) {
        for (String name : over.names().stream().sorted().toList()) {
            Optional<IncidentTable.Row> row =
                    incidents.open(handle, name).filter(open -> incidents.end(handle, open, now));
            row.ifPresent(ended -> LOG.info("incident is over name={}", ended.name()));
            row.filter(ended -> ended.told() > 0 && !over.quiet())
                    .ifPresent(ended -> post(handle, IncidentText.over(ended, over, now), told, now));
        }
    }

    private void post(Handle handle, Notice notice, Set<Target> told, Instant now) {
        Routing.targets(notice, book).stream()
                .filter(told::add)
                .forEach(target -> deliveries.add(handle, target, notice, now));
    }

    private void ping(Handle handle, Fact fact, Instant now) {
        Signals.of(fact)
                .filter(heard -> heard.incident()
                        .flatMap(name -> incidents.open(handle, name))
                        .isEmpty())
                .ifPresent(heard -> Routing.monitors(heard.stack(), heard.runKind(), book)
                        .forEach(target -> deliveries.add(handle, target, heard.signal(), now)));
    }

    private void digest(Instant now) {
        scopes().forEach((scope, said) -> said.digest().ifPresent(config -> digest(scope, said, config, now)));
    }

    private Map<String, Notifications> scopes() {
        Map<String, Notifications> scopes = new TreeMap<>();
        scopes.put(Target.SERVER, book.ofServer());
        book.stacks().forEach(stack -> book.ofStack(stack).ifPresent(said -> scopes.put(stack, said)));
        return scopes;
    }

    private void digest(String scope, Notifications said, DigestConfig config, Instant now) {
        Instant due = config.lastDue(now);
        switch (jdbi.withHandle(handle -> digestTable.turn(handle, scope, due))) {
            case MADE -> {}
            case FIRST -> jdbi.useHandle(handle -> digestTable.record(handle, scope, due));
            case OPEN -> makeDigest(scope, said, config, due, now);
        }
    }

    private void makeDigest(String scope, Notifications said, DigestConfig config, Instant due, Instant now) {
        Optional<String> stack = Optional.of(scope).filter(name -> !name.equals(Target.SERVER));
        Notice notice = digestNotice(stack, config, due);
        jdbi.useTransaction(handle -> {
            if (digestTable.record(handle, scope, due)) {
                Routing.readers(scope, said, config, book)
                        .forEach(target -> deliveries.add(handle, target, notice, now));
            }
        });
    }

    private Notice digestNotice(Optional<String> stack, DigestConfig config, Instant due) {
        List<StackSummary> summaries = digests.stacks(config.begin(due), due).stream()
                .filter(summary -> stack.isEmpty() || stack.get().equals(summary.stack()))
                .toList();
        IncidentFilter goingOn = stack.map(name -> IncidentFilter.ALL.ofStacks(Set.of(name)))
                .orElse(IncidentFilter.ALL)
                .goingOn();
        List<Incident> open = history.incidents(goingOn, Optional.empty(), MOST_IN_DIGEST);
        return DigestText.of(stack, config.day().isPresent(), summaries, open, due);
    }

    /** Begins to send what is due, each message on a thread of its own. */
    private List<Thread> dispatch() {
        Instant now = clock.instant();
        int free = sending.drainPermits();
        List<DeliveryTable.Claimed> claimed = List.of();
        try {
            if (free > 0) {
                claimed = jdbi.withHandle(
                        handle -> deliveries.claim(handle, now, patience.whole().multipliedBy(3), free));
            }
        } finally {
            sending.release(free - claimed.size());
        }
        List<Thread> threads = new ArrayList<>();
        claimed.forEach(one -> threads.add(Thread.ofVirtual().name("notify").start(() -> deliver(one))));
        return threads;
    }

    private void deliver(DeliveryTable.Claimed one) {
        try {
            settle(one, send(one));
        } catch (RuntimeException e) {
            // its claim ends by itself, and then it is tried again
            LOG.error(
                    "a message could not be settled channel={} kind={}",
                    one.target().channel(),
                    one.kind(),
                    e);
        } finally {
            sending.release();
            nudges.release();
        }
    }

    private Answer send(DeliveryTable.Claimed one) {
        Optional<NotifyConfig> channel = Routing.channel(one.target(), book);
        if (channel.isEmpty()) {
            return new Answer.Refused("there is no such channel any more", Optional.empty());
        }
        return switch (one.content()) {
            case DeliveryTable.Content.OfNotice(Notice notice) -> messenger.send(channel.get(), notice, one.id());
            case DeliveryTable.Content.OfSignal(Signal signal) ->
                channel.get() instanceof NotifyConfig.Ping monitor
                        ? messenger.ping(monitor, signal)
                        : new Answer.Refused("the channel is no monitor any more", Optional.empty());
        };
    }

    private void settle(DeliveryTable.Claimed one, Answer answer) {
        Instant now = clock.instant();
        Optional<Instant> next = switch (answer) {
            case Answer.Taken _, Answer.Refused _ -> Optional.empty();
            case Answer.Later later -> RetryTimes.next(one, later.pause(), now);
        };
        jdbi.useTransaction(handle -> {
            if (answer instanceof Answer.Taken) {
                deliveries.delivered(handle, one, answer.said(), now);
            } else if (next.isPresent()) {
                deliveries.again(handle, one, answer.said(), next.get(), now);
            } else {
                deliveries.failed(handle, one, answer.said(), now);
            }
        });
        if (!(answer instanceof Answer.Taken)) {
            LOG.warn(
                    "notification failed code=notification-failed channel={} stack={} kind={} attempt={} again={} answer={}",
                    one.target().channel(),
                    one.target().stack(),
                    one.kind(),
                    one.attempt(),
                    next.map(Instant::toString).orElse("never"),
                    answer.said());
        }
    }
}
