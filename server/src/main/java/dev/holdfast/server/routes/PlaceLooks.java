package dev.holdfast.server.routes;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.ExportsOperation;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.operation.ExportsResult.PlaceState;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.server.services.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at the places of exports for those who ask now: at all of them at the same time, and not for longer than somebody waits for an
 * answer. Safe for many threads.
 */
final class PlaceLooks {
    private static final int AT_ONCE = 4;
    private static final int PAGE = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Services services;
    private final ExportsOperation exports;
    private final Semaphore looking = new Semaphore(AT_ONCE);

    PlaceLooks(Services services) {
        this.services = services;
        this.exports =
                new ExportsOperation(services.connectors().exportPlaces(), services.repositories(), services.clock());
    }

    /** One place that is looked at. */
    private record Look(ExportConfig export, Cancellation cancellation, CompletableFuture<ExportsResult> result) {}

    /**
     * @param each exports with one place
     * @return one for each, in order
     * @throws Busy if too many look already
     */
    List<ExportsResult> at(StackRecord stack, List<ExportConfig> each) {
        if (!looking.tryAcquire()) {
            throw new Busy(
                    ErrorCode.TOO_MANY_REQUESTS,
                    AT_ONCE + " others look at places now",
                    "wait until one of them has an answer.");
        }
        List<Look> looks;
        try {
            Set<SnapshotId> pinned = services.snapshots().pinned(stack.name());
            List<Snapshot> known = known(stack.name());
            looks = each.stream()
                    .map(export -> begun(stack.config(), export, known, pinned))
                    .toList();
        } catch (RuntimeException e) {
            looking.release();
            throw e;
        }
        // what nobody waits for any more still counts until it has ended
        CompletableFuture<Void> _ = CompletableFuture.allOf(
                        looks.stream().map(Look::result).toArray(CompletableFuture[]::new))
                .whenComplete((_, _) -> looking.release());
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        List<ExportsResult> results = new ArrayList<>();
        looks.forEach(look -> results.add(result(look, giveUp)));
        return results;
    }

    private List<Snapshot> known(String stack) {
        List<Snapshot> known = new ArrayList<>();
        Optional<SnapshotId> after = Optional.empty();
        do {
            List<SnapshotRecord> page = services.snapshots()
                    .list(SnapshotFilter.ALL.ofStack(stack), after, PAGE)
                    .snapshots();
            page.forEach(snapshot -> known.add(snapshot.snapshot()));
            after = page.size() < PAGE
                    ? Optional.empty()
                    : Optional.of(page.getLast().id());
        } while (after.isPresent());
        return known;
    }

    private Look begun(StackConfig stack, ExportConfig export, List<Snapshot> known, Set<SnapshotId> pinned) {
        Cancellation cancellation = new Cancellation();
        return new Look(
                export,
                cancellation,
                CompletableFuture.supplyAsync(
                        () -> exports.look(
                                stack.withExports(List.of(export)),
                                known,
                                pinned,
                                new Run(RunListener.NONE, cancellation)),
                        work -> Thread.ofVirtual().name("look").start(work)));
    }

    private static ExportsResult result(Look look, long giveUp) {
        try {
            return look.result().get(Math.max(1, giveUp - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            look.cancellation().cancel();
            return unanswered(look.export());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HoldfastException known
                    ? known
                    : new IllegalStateException("a look at a place failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            look.cancellation().cancel();
            throw new Cancelled(ErrorCode.CANCELLED, "the server ends", "ask again when it is back.", e);
        }
    }

    private static ExportsResult unanswered(ExportConfig export) {
        String place = export.places().getFirst().name();
        String location = export.places().getFirst().config().location();
        return new ExportsResult(
                true,
                List.of(),
                List.of(new PlaceState(
                        export.name(),
                        place,
                        location,
                        Optional.of(new Unavailable(
                                ErrorCode.STORE_UNAVAILABLE,
                                "'" + location + "' gave no answer within " + PATIENCE.toSeconds() + " s",
                                "a run waits longer.")),
                        List.of(),
                        0,
                        List.of())),
                List.of(),
                PATIENCE);
    }
}
