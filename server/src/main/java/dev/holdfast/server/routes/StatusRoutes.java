package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunState;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.StatusView;
import dev.holdfast.server.view.WarningView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** How everything stands. */
public final class StatusRoutes {
    private static final int COUNTED = 1000;

    private final Services services;
    private final StackLooks looks;
    private final String version;
    private final String name;
    private final Instant started;

    /**
     * @param version of the software
     * @param name of this server
     */
    public StatusRoutes(Services services, String version, String name, Instant started) {
        this.services = services;
        this.looks = new StackLooks(services);
        this.version = version;
        this.name = name;
        this.started = started;
    }

    public List<Route> all() {
        return List.of(Route.get("/api/v1/status", Admission.VIEWER, this::status));
    }

    private Answer status(Call call) {
        Predicate<String> visible = call.visible();
        return Answer.ok(new StatusView(
                version,
                name,
                services.clock().instant(),
                started,
                warnings(call),
                looks.summaries(visible),
                new StatusView.RunCounts(count(call, RunState.WAITING), count(call, RunState.RUNNING))));
    }

    private List<WarningView> warnings(Call call) {
        Predicate<String> visible = call.visible();
        boolean everything = call.principal().mayEverywhere(Role.VIEWER);
        List<WarningView> warnings = new ArrayList<>(services.warnings().get().stream()
                .filter(warning -> warning.stack().isEmpty() ? everything : visible.test(warning.stack()))
                .toList());
        services.stacks().list().stream()
                .filter(stack -> visible.test(stack.name()))
                .forEach(stack -> warnings.addAll(StackLooks.warnings(stack)));
        services.stacks().troubles().stream()
                .filter(trouble -> visible.test(trouble.stack()))
                .forEach(trouble -> warnings.add(new WarningView(trouble.stack(), trouble.message(), trouble.hint())));
        return warnings;
    }

    private long count(Call call, RunState state) {
        Optional<Set<String>> stacks = call.stacks(StackRoutes.names(services));
        if (stacks.isPresent() && stacks.get().isEmpty()) {
            return 0;
        }
        return services.runs()
                .list(RunFilter.ALL.ofStacks(stacks.orElse(Set.of())).in(state), Optional.empty(), COUNTED)
                .runs()
                .size();
    }
}
