package dev.holdfast.control.run;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.RetryConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.hook.CallHook;
import dev.holdfast.control.hook.CommandHook;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.Hooks;
import dev.holdfast.control.operation.FakeConnectors;
import dev.holdfast.control.operation.FakeRepository;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.control.stack.Snapshots;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** A server in virtual time on a real catalog, with sources and a repository that do as a test says. */
final class Station implements AutoCloseable {
    /** Carries runs out at once, within the tick that begins them. */
    static final Executor AT_ONCE = Runnable::run;

    static final Executor THREADS = work -> Thread.ofPlatform().daemon().start(work);

    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final FakeConnectors connectors = new FakeConnectors(log);
    final FakeRepository repository = new FakeRepository(log);
    final FixedStacks stacks = new FixedStacks();
    final List<RunRecord> heard = Collections.synchronizedList(new ArrayList<>());
    final VirtualTime time;
    final Catalog catalog;
    final Snapshots snapshots;
    final RunService service;
    final Path state;
    volatile RunLimits limits;

    Station(Catalog catalog, VirtualTime time, Path state, RunLimits limits, Executor executor) {
        this.catalog = catalog;
        this.time = time;
        this.state = state;
        this.limits = limits;
        this.snapshots = Snapshots.in(catalog, repository, time);
        SecureRandom random = new SecureRandom();
        this.service = RunService.open(
                new RunService.Parts(
                        catalog,
                        Seal.with(state.resolveSibling("catalog.key"), random),
                        stacks,
                        snapshots,
                        connectors,
                        repository,
                        new Environment(Map.of()),
                        new Hooks(new CommandHook(System.getenv()), new CallHook(HttpClient.newHttpClient()), time),
                        stack -> log.add("prepare " + stack.name()),
                        state,
                        state.getFileName().toString(),
                        ZoneOffset.UTC,
                        () -> this.limits,
                        true),
                new RunService.Machine(time, random, time, time, executor));
        service.listeners().add(new RunListeners.Listener() {
            @Override
            public void ended(RunRecord run, Optional<RunResult> result) {
                heard.add(run);
            }
        });
    }

    /** A stack of one directory, whose source is called after it, without any schedule. */
    static StackConfig stack(String name) {
        return new StackConfig(
                name,
                List.of(new DirectoryConfig(name + "-files", Path.of("/srv", name), List.of())),
                dev.holdfast.control.operation.Stacks.REPOSITORY,
                policies(Schedules.NONE));
    }

    static StackPolicies policies(Schedules schedules) {
        return new StackPolicies(
                schedules,
                new RetentionConfig(
                        RetentionPolicy.builder().build(), ScheduleConfig.of(Schedule.parse("never", ZoneOffset.UTC))),
                List.of(),
                StackPolicies.standard(ZoneOffset.UTC).notifications(),
                RetryConfig.STANDARD,
                Duration.ofMinutes(30),
                Optional.empty());
    }

    static StackPolicies scheduled(String text, ZoneId zone) {
        return policies(Schedules.of(ScheduleConfig.of(Schedule.parse(text, zone))));
    }

    /** Without an end to runs that make no progress. */
    static StackPolicies patient(StackPolicies policies) {
        return new StackPolicies(
                policies.schedules(),
                policies.retention(),
                policies.hooks(),
                policies.notifications(),
                policies.retry(),
                Duration.ofDays(30),
                policies.appVersion());
    }

    static StackPolicies keepingOne(StackPolicies policies) {
        return new StackPolicies(
                policies.schedules(),
                new RetentionConfig(
                        RetentionPolicy.builder().last(1).build(),
                        policies.retention().prune()),
                policies.hooks(),
                policies.notifications(),
                policies.retry(),
                policies.stalledAfter(),
                policies.appVersion());
    }

    static StackPolicies hooked(StackPolicies policies, HookConfig... hooks) {
        return new StackPolicies(
                policies.schedules(),
                policies.retention(),
                List.of(hooks),
                policies.notifications(),
                policies.retry(),
                policies.stalledAfter(),
                policies.appVersion());
    }

    RunRecord submit(RunRequest request) {
        return service.runs().submit(request, Trigger.API, "ada", Optional.empty());
    }

    RunRecord backup(String stack) {
        return submit(RunRequest.Backup.of(stack));
    }

    RunRecord show(RunRecord run) {
        return service.runs().show(run.id());
    }

    void tick() {
        service.tick();
    }

    /** Time goes by in small steps, and the server does its work in each. */
    void live(Duration span, Duration step) {
        Instant end = time.instant().plus(span);
        while (time.instant().isBefore(end)) {
            time.advance(step);
            tick();
        }
    }

    List<RunRecord> all(RunFilter filter) {
        return service.runs().list(filter, Optional.empty(), 1000).runs().reversed();
    }

    List<RunRecord> backups(Set<RunState> states) {
        return all(
                new RunFilter(Set.of(), Set.of(RunKind.BACKUP), states, Set.of(), Optional.empty(), Optional.empty()));
    }

    @Override
    public void close() {
        service.close();
    }
}
