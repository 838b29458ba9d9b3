package dev.holdfast.server.metrics;

import dev.holdfast.control.run.RunFilter;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.HealthView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the server can do its work. Everybody may ask, so an answer holds for a moment. Safe for many threads. */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final Duration HOLDS = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Services services;
    private final InstantSource clock;
    private @Nullable HealthView last;
    private Instant lookedAt = Instant.EPOCH;

    public Health(Services services) {
        this.services = services;
        this.clock = services.clock();
    }

    /** Looks, if that was not done just now. */
    public synchronized HealthView ready() {
        Instant now = clock.instant();
        HealthView known = last;
        if (known == null || now.isBefore(lookedAt) || now.isAfter(lookedAt.plus(HOLDS))) {
            known = look();
            last = known;
            lookedAt = clock.instant();
        }
        return known;
    }

    private HealthView look() {
        Map<String, String> checks = new TreeMap<>();
        checks.put("catalog", state(this::catalogAnswers));
        checks.put("stacks", state(this::stacksAreReadable));
        checks.put("keys", state(this::keysAreThere));
        boolean down = checks.containsValue(HealthView.DOWN);
        return new HealthView(down ? HealthView.DOWN : HealthView.UP, checks);
    }

    private boolean catalogAnswers() {
        services.runs().list(RunFilter.ALL, Optional.empty(), 1);
        return true;
    }

    private boolean stacksAreReadable() {
        return services.stacks().troubles().isEmpty();
    }

    private boolean keysAreThere() {
        return services.stacks().list().stream()
                .allMatch(stack -> stack.config().repository().key().isPresent());
    }

    private static String state(BooleanSupplier check) {
        FutureTask<Boolean> task = new FutureTask<>(check::getAsBoolean);
        Thread thread = Thread.ofVirtual().name("health").start(task);
        try {
            return task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) ? HealthView.UP : HealthView.DOWN;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the server is not ready", e);
            return HealthView.DOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HealthView.DOWN;
        } finally {
            thread.interrupt();
        }
    }
}
