package dev.holdfast.server.metrics;

import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunListeners;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.stack.Assurance;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.server.services.Services;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What can be measured. How things stand is asked for when it is scraped, from the catalog, so that every server says the same;
 * what happened is counted as this server's runs end. Safe for many threads.
 */
public final class ServiceMetrics implements RunListeners.Listener {
    private static final int COUNTED = 1000;

    private final Services services;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, MultiGauge> gauges = new TreeMap<>();

    /**
     * @param eventClients how many follow events now
     * @param certificateEnds when the certificate of TLS ends; empty without
     */
    public ServiceMetrics(
            Services services, String version, IntSupplier eventClients, Supplier<Optional<Instant>> certificateEnds) {
        this.services = services;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("holdfast.info", () -> 1)
                .tag("version", version)
                .description("always 1; the version of the server")
                .register(registry);
        Gauge.builder("holdfast.event.clients", eventClients::getAsInt)
                .description("who follows events now")
                .register(registry);
        gauge("holdfast.last.success.timestamp.seconds", "when the newest snapshot was complete");
        gauge("holdfast.last.success.age.seconds", "how long ago that was");
        gauge("holdfast.assurance.age.seconds", "age of the newest snapshot that reached a step of assurance");
        gauge("holdfast.snapshots", "how many snapshots there are");
        gauge("holdfast.snapshot.bytes", "contents of the newest snapshot");
        gauge("holdfast.snapshot.stored.bytes", "what the newest snapshot added to each destination");
        gauge("holdfast.snapshot.duration.seconds", "how long the newest snapshot took");
        gauge("holdfast.destinations", "how many destinations there are");
        gauge("holdfast.destinations.behind", "how many destinations lack something");
        gauge("holdfast.next.run.timestamp.seconds", "when the next backup is due");
        gauge("holdfast.runs", "runs that wait or are under way");
        gauge("holdfast.stack.troubles", "stacks whose description cannot be read");
        Gauge.builder(
                        "holdfast.certificate.end.timestamp.seconds",
                        () -> certificateEnds
                                .get()
                                .map(end -> (double) end.getEpochSecond())
                                .orElse(Double.NaN))
                .description("when the certificate of TLS ends; NaN without")
                .register(registry);
    }

    private void gauge(String name, String description) {
        gauges.put(name, MultiGauge.builder(name).description(description).register(registry));
    }

    @Override
    public void ended(RunRecord run, Optional<RunResult> result) {
        Tags tags = Tags.of("stack", run.stack(), "kind", run.kind().label());
        registry.counter("holdfast.runs.ended", tags.and("state", run.state().label()))
                .increment();
        run.took()
                .ifPresent(took -> registry.timer("holdfast.run.duration", tags).record(took));
        registry.counter("holdfast.run.read.bytes", tags).increment((double) run.bytesRead());
        registry.counter("holdfast.run.stored.bytes", tags).increment((double) run.bytesStored());
    }

    /** Everything, one line each. */
    public synchronized String scrape() {
        Rows rows = new Rows();
        services.stacks().list().forEach(stack -> stack(stack, rows));
        rows.add("holdfast.runs", Tags.of("state", "waiting"), count(RunState.WAITING));
        rows.add("holdfast.runs", Tags.of("state", "running"), count(RunState.RUNNING));
        rows.add(
                "holdfast.stack.troubles",
                Tags.empty(),
                services.stacks().troubles().size());
        gauges.forEach((name, gauge) -> gauge.register(rows.of(name), true));
        forgetStacks();
        return registry.scrape();
    }

    /** What was counted of stacks that are not known any more would stay for ever. */
    private void forgetStacks() {
        Set<String> known =
                services.stacks().list().stream().map(StackRecord::name).collect(Collectors.toSet());
        registry.getMeters().stream()
                .filter(meter -> Optional.ofNullable(meter.getId().getTag("stack"))
                        .filter(stack -> !known.contains(stack))
                        .isPresent())
                .forEach(registry::remove);
    }

    /** The values of one scrape. */
    private static final class Rows {
        private final Map<String, List<MultiGauge.Row<?>>> rows = new TreeMap<>();

        void add(String name, Tags tags, double value) {
            rows.computeIfAbsent(name, _ -> new ArrayList<>()).add(MultiGauge.Row.of(tags, value));
        }

        void add(String name, Tags tags, long value) {
            add(name, tags, (double) value);
        }

        List<MultiGauge.Row<?>> of(String name) {
            return rows.getOrDefault(name, List.of());
        }
    }

    private void stack(StackRecord stack, Rows rows) {
        Tags tags = Tags.of("stack", stack.name());
        Instant now = services.clock().instant();
        SnapshotFilter all = SnapshotFilter.ALL.ofStack(stack.name());
        rows.add("holdfast.snapshots", tags, services.snapshots().count(all));
        newest(all).ifPresent(snapshot -> newest(snapshot, now, tags, rows));
        for (Assurance.Step step : Assurance.Step.values()) {
            newest(new SnapshotFilter(
                            all.stacks(), Optional.empty(), Optional.empty(), Optional.of(step), Optional.empty()))
                    .ifPresent(snapshot -> rows.add(
                            "holdfast.assurance.age.seconds",
                            tags.and("step", step.label()),
                            seconds(snapshot.began(), now)));
        }
        destinations(stack, tags, rows);
        stack.config()
                .policies()
                .schedules()
                .next(stack.name(), now)
                .ifPresent(due -> rows.add(
                        "holdfast.next.run.timestamp.seconds", tags, due.at().getEpochSecond()));
    }

    private static void newest(SnapshotRecord snapshot, Instant now, Tags tags, Rows rows) {
        rows.add(
                "holdfast.last.success.timestamp.seconds",
                tags,
                snapshot.committed().getEpochSecond());
        rows.add("holdfast.last.success.age.seconds", tags, seconds(snapshot.committed(), now));
        rows.add("holdfast.snapshot.bytes", tags, snapshot.bytes());
        rows.add("holdfast.snapshot.stored.bytes", tags, snapshot.storedBytes());
        rows.add("holdfast.snapshot.duration.seconds", tags, seconds(snapshot.began(), snapshot.committed()));
    }

    private void destinations(StackRecord stack, Tags tags, Rows rows) {
        rows.add(
                "holdfast.destinations",
                tags,
                stack.config().repository().destinations().size());
        long behind =
                services.snapshots().look(stack.name()).map(Snapshots.Look::destinations).orElse(List.of()).stream()
                        .filter(state -> !isLevel(state))
                        .count();
        rows.add("holdfast.destinations.behind", tags, behind);
    }

    private static boolean isLevel(DestinationState state) {
        return state.level();
    }

    private Optional<SnapshotRecord> newest(SnapshotFilter filter) {
        return services.snapshots().list(filter, Optional.empty(), 1).snapshots().stream()
                .findFirst();
    }

    private int count(RunState state) {
        return services.runs()
                .list(RunFilter.ALL.in(state), Optional.empty(), COUNTED)
                .runs()
                .size();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
