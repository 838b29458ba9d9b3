package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.operation.SnapshotSelector;
import dev.holdfast.control.run.RunEvent;
import dev.holdfast.control.run.RunEvents;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunId;
import dev.holdfast.control.run.RunKind;
import dev.holdfast.control.run.RunPage;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.run.Trigger;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Json;
import dev.holdfast.server.http.LiveSource.LiveEvent;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.RunEventView;
import dev.holdfast.server.view.RunPageView;
import dev.holdfast.server.view.RunView;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Runs: everything that is done. */
public final class RunRoutes {
    static final int DEFAULT_LIMIT = 50;
    private static final String ONE = "/api/v1/runs/{run}";

    private final Services services;

    public RunRoutes(Services services) {
        this.services = services;
    }

    /** What somebody asks for. */
    record Order(
            String stack,
            String kind,
            Optional<List<String>> sources,
            Optional<Map<String, String>> labels,
            Optional<String> appVersion,
            boolean readData,
            boolean dryRun,
            Optional<String> snapshot,
            Optional<List<String>> parts,
            Optional<Map<String, String>> places) {
        RunRequest request() {
            return switch (RunKind.valueOf(kind.toUpperCase(Locale.ROOT))) {
                case BACKUP -> new RunRequest.Backup(stack, sources.orElse(List.of()), allLabels());
                case CHECK -> new RunRequest.Check(stack, readData);
                case SYNC -> new RunRequest.Sync(stack);
                case PRUNE -> new RunRequest.Prune(stack, dryRun);
                case RETENTION -> new RunRequest.Retention(stack, dryRun);
                case COMPARE ->
                    new RunRequest.Compare(
                            stack,
                            snapshot.orElse(SnapshotSelector.LATEST),
                            parts.orElse(List.of()),
                            places.orElse(Map.of()));
                case RESTORE, FORGET, EXPORT ->
                    throw new Invalid(ErrorCode.USAGE, "a run of this kind is not started here", "");
            };
        }

        private Map<String, String> allLabels() {
            Map<String, String> all = new HashMap<>(labels.orElse(Map.of()));
            appVersion.ifPresent(version -> all.put(SnapshotRecord.APP_VERSION, version));
            return all;
        }
    }

    public List<Route> all() {
        return List.of(
                Route.get("/api/v1/runs", Admission.VIEWER, this::list),
                Route.post("/api/v1/runs", Admission.OPERATOR, this::start).narrowing(),
                Route.get(ONE, Admission.VIEWER, call -> Answer.ok(RunView.of(run(call, Role.VIEWER)))),
                Route.post(ONE + "/cancel", Admission.OPERATOR, this::cancel).narrowing(),
                Route.get(ONE + "/log", Admission.VIEWER, this::log),
                Route.get(ONE + "/events", Admission.VIEWER, this::follow),
                Route.get("/api/v1/events", Admission.VIEWER, this::followAll));
    }

    /** Begins a run for somebody who may. */
    static RunRecord begin(Services services, Call call, RunRequest request) {
        return services.runs().submit(request, Trigger.API, call.principal().actor(), call.idempotencyKey());
    }

    static Answer accepted(RunRecord run) {
        return Answer.accepted("/api/v1/runs/" + run.id(), RunView.of(run));
    }

    private Answer list(Call call) {
        Optional<Set<String>> stacks = call.stacks(StackRoutes.names(services));
        if (stacks.isPresent() && stacks.get().isEmpty()) {
            return Answer.ok(RunPageView.of(new RunPage(List.of(), Optional.empty())));
        }
        RunFilter filter = new RunFilter(
                stacks.orElse(Set.of()),
                all(call.texts("kind"), RunKind::valueOf),
                all(call.texts("state"), RunState::valueOf),
                all(call.texts("trigger"), Trigger::valueOf),
                call.time("since"),
                call.time("until"));
        return Answer.ok(RunPageView.of(services.runs()
                .list(filter, call.maybe("after").map(RunId::new), call.number("limit", DEFAULT_LIMIT))));
    }

    private static <T> Set<T> all(List<String> labels, Function<String, T> value) {
        return labels.stream()
                .map(label -> value.apply(label.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toSet());
    }

    private Answer start(Call call) {
        Order order = call.body(Order.class);
        call.permit(Role.OPERATOR, order.stack());
        permitPlaces(call, order.places());
        return accepted(begin(services, call, order.request()));
    }

    /** Whoever names another place than the source's own could reach anything that this server reaches. */
    static void permitPlaces(Call call, Optional<Map<String, String>> places) {
        if (places.filter(some -> !some.isEmpty()).isPresent()) {
            call.permitEverywhere(Role.ADMIN);
        }
    }

    private Answer cancel(Call call) {
        RunRecord run = run(call, Role.OPERATOR);
        return accepted(services.runs().cancel(run.id(), call.principal().actor()));
    }

    private Answer log(Call call) {
        String text = services.logs().text(run(call, Role.VIEWER).id());
        return new Answer.Text(
                200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Answer.Headers.NONE);
    }

    /** The run that a call names; one of a stack that who asks may not see is not there. */
    private RunRecord run(Call call, Role needed) {
        RunRecord run = services.runs()
                .find(new RunId(call.text("run")))
                .filter(found -> call.visible().test(found.stack()))
                .orElseThrow(() -> new Missing(ErrorCode.UNKNOWN_NAME, "there is no such run", ""));
        call.permit(needed, run.stack());
        return run;
    }

    private Answer follow(Call call) {
        RunId run = run(call, Role.VIEWER).id();
        return new Answer.Live((after, sink) -> {
            RunEvents.Subscription subscription = services.events()
                    .subscribe(
                            Optional.of(run),
                            number(after).orElse(0L),
                            event -> sink.accept(live(event, isEnd(event))));
            endIfOver(run, sink);
            return subscription;
        });
    }

    /** Of a run that is over, the event of its end may be forgotten already. */
    private void endIfOver(RunId run, Consumer<LiveEvent> sink) {
        boolean forgotten =
                services.runs().find(run).filter(r -> r.state().hasEnded()).isPresent()
                        && services.events().since(Optional.of(run), 0, 1).isEmpty();
        if (forgotten) {
            sink.accept(new LiveEvent("", "end", "{}", true));
        }
    }

    private Answer followAll(Call call) {
        Predicate<String> visible = call.visible();
        return new Answer.Live((after, sink) -> services.events()
                .subscribe(
                        Optional.empty(),
                        number(after).orElseGet(() -> services.events().last()),
                        event -> {
                            if (visible.test(event.stack())) {
                                sink.accept(live(event, false));
                            }
                        }));
    }

    private static Optional<Long> number(Optional<String> id) {
        return id.filter(text -> text.length() < 19).map(Long::parseLong);
    }

    private static boolean isEnd(RunEvent event) {
        return event.body() instanceof RunEvent.State state && state.state().hasEnded();
    }

    private static LiveEvent live(RunEvent event, boolean last) {
        RunEventView view = RunEventView.of(event);
        return new LiveEvent(Long.toString(event.sequence()), view.event(), Json.MAPPER.writeValueAsString(view), last);
    }
}
