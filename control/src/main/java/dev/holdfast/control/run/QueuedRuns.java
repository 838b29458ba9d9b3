package dev.holdfast.control.run;

import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The queue of runs in the catalog. */
final class QueuedRuns implements Runs {
    private static final int MAX_PAGE = 1_000;
    /** More than a person would ever mean; whoever asks in a loop is told so. */
    private static final int MOST_WAITING = 100;

    private final Jdbi jdbi;
    private final RunTable table;
    private final Stacks stacks;
    private final Endings endings;
    private final RunEvents events;
    private final Ticker ticker;

    QueuedRuns(Jdbi jdbi, RunTable table, Stacks stacks, Endings endings, RunEvents events, Ticker ticker) {
        this.jdbi = jdbi;
        this.table = table;
        this.stacks = stacks;
        this.endings = endings;
        this.events = events;
        this.ticker = ticker;
    }

    @Override
    public RunRecord submit(RunRequest request, Trigger trigger, String actor, Optional<String> idempotencyKey) {
        stacks.show(request.stack());
        Optional<String> key = idempotencyKey.map(text -> actor + "\n" + text);
        NewRun wanted = NewRun.of(request, trigger, actor, table.now()).withKey(key);
        Optional<RunRecord> made = jdbi.inTransaction(handle -> {
            requireRoom(handle, request.stack(), key);
            return table.insert(handle, wanted);
        });
        if (made.isEmpty()) {
            return jdbi.withHandle(handle -> earlier(handle, request, key.orElseThrow()));
        }
        endings.tell(List.of(made.get()), Optional.empty());
        ticker.wake();
        return made.get();
    }

    private void requireRoom(Handle handle, String stack, Optional<String> key) {
        boolean known = key.flatMap(text -> table.withKey(handle, text)).isPresent();
        if (!known && table.waiting(handle, stack) >= MOST_WAITING) {
            throw new Busy(
                    ErrorCode.CONFLICT,
                    MOST_WAITING + " runs of stack '" + stack + "' wait already",
                    "cancel those that are not needed, or wait until some have ended.");
        }
    }

    private RunRecord earlier(Handle handle, RunRequest request, String key) {
        RunRecord earlier = table.withKey(handle, key).orElseThrow();
        if (!table.request(handle, earlier.id()).equals(Optional.of(request))) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "this idempotency key was used for something else, run " + earlier.id(),
                    "use a new key for each thing that is asked for.");
        }
        return earlier;
    }

    @Override
    public RunRecord cancel(RunId run, String actor) {
        show(run);
        Optional<RunRecord> ended = endings.endWaiting(run, Ending.cancelled(actor));
        if (ended.isEmpty()) {
            jdbi.useHandle(handle -> table.requestCancel(handle, run, actor));
            ticker.wake();
        }
        return show(run);
    }

    @Override
    public Optional<RunRecord> find(RunId run) {
        return jdbi.withHandle(handle -> table.find(handle, run));
    }

    @Override
    public RunRecord show(RunId run) {
        return find(run).orElseThrow(() -> LogFiles.unknown(run));
    }

    @Override
    public RunRequest request(RunId run) {
        return jdbi.withHandle(handle -> table.request(handle, run)).orElseThrow(() -> LogFiles.unknown(run));
    }

    @Override
    public RunPage list(RunFilter filter, Optional<RunId> after, int limit) {
        int size = Math.clamp(limit, 1, MAX_PAGE);
        List<RunRecord> found = jdbi.withHandle(handle -> table.list(handle, filter, after, size + 1));
        return found.size() <= size
                ? new RunPage(found, Optional.empty())
                : new RunPage(
                        found.subList(0, size), Optional.of(found.get(size - 1).id()));
    }

    @Override
    public Optional<RunRecord> awaitEnd(RunId run, Duration atMost) {
        CountDownLatch ended = new CountDownLatch(1);
        try (RunEvents.Subscription _ = events.subscribe(Optional.of(run), events.last(), event -> {
            if (event.body() instanceof RunEvent.State state && state.state().hasEnded()) {
                ended.countDown();
            }
        })) {
            if (!show(run).state().hasEnded() && !ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.empty();
            }
            return Optional.of(show(run)).filter(record -> record.state().hasEnded());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "waiting for run " + run + " was stopped", "", e);
        }
    }
}
