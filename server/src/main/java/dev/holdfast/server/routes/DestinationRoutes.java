package dev.holdfast.server.routes;

import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.DestinationLookView;
import dev.holdfast.server.view.FailureView;
import dev.holdfast.server.view.ListView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Destinations: where copies are. */
public final class DestinationRoutes {
    private static final String STACK = "/api/v1/stacks/{stack}";

    private final Services services;
    private final StackLooks looks;

    public DestinationRoutes(Services services) {
        this.services = services;
        this.looks = new StackLooks(services);
    }

    /** What is asked of a check. */
    record Check(boolean readData) {}

    public List<Route> all() {
        return List.of(
                Route.get("/api/v1/destinations", Admission.VIEWER, this::list),
                Route.get(STACK + "/destinations/{destination}", Admission.OPERATOR, this::look),
                Route.post(STACK + "/sync", Admission.OPERATOR, this::sync),
                Route.post(STACK + "/check", Admission.OPERATOR, this::check));
    }

    private Answer list(Call call) {
        Optional<Set<String>> wanted = call.stacks(StackRoutes.names(services));
        return Answer.ok(new ListView<>(services.stacks().list().stream()
                .filter(stack ->
                        wanted.map(names -> names.contains(stack.name())).orElse(true))
                .flatMap(stack -> looks.destinations(stack).stream())
                .toList()));
    }

    private StackRecord stack(Call call) {
        return services.stacks().show(call.text("stack"));
    }

    private Answer sync(Call call) {
        return RunRoutes.accepted(
                RunRoutes.begin(services, call, new RunRequest.Sync(stack(call).name())));
    }

    private Answer check(Call call) {
        boolean readData = call.maybeBody(Check.class).map(Check::readData).orElse(false);
        return RunRoutes.accepted(
                RunRoutes.begin(services, call, new RunRequest.Check(stack(call).name(), readData)));
    }

    private Answer look(Call call) {
        StackRecord stack = stack(call);
        String name = call.text("destination");
        DestinationConfig config = stack.config().repository().destinations().stream()
                .filter(destination -> destination.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME, "stack '" + stack.name() + "' has no destination '" + name + "'", ""));
        return Answer.ok(look(stack.name(), config));
    }

    private DestinationLookView look(String stack, DestinationConfig config) {
        AtomicLong objects = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        try (ObjectStore store = services.connectors().store(config)) {
            Optional<FailureView> failure = Optional.empty();
            OptionalLong free = OptionalLong.empty();
            try {
                store.list("", object -> {
                    objects.incrementAndGet();
                    bytes.addAndGet(object.bytes());
                });
                free = store.freeBytes();
            } catch (HoldfastException e) {
                failure = Optional.of(FailureView.of(e));
            }
            return new DestinationLookView(
                    stack,
                    config.name(),
                    store.location(),
                    failure.isEmpty(),
                    failure,
                    objects.get(),
                    bytes.get(),
                    free,
                    services.clock().instant());
        }
    }
}
