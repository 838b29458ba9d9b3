package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.config.Spelling;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.DoctorOperation;
import dev.holdfast.control.operation.RetentionOperation;
import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.stack.CatalogFacts;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.browse.Shelf;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.PreflightView;
import dev.holdfast.server.view.RetentionPlanView;
import dev.holdfast.server.view.StackListView;
import dev.holdfast.server.view.StackTextView;
import dev.holdfast.server.view.WarningView;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Stacks: what is protected together. */
public final class StackRoutes {
    private static final String ONE = "/api/v1/stacks/{stack}";
    private static final int DEFAULT_MOMENTS = 10;

    private final Services services;
    private final Shelf shelf;
    private final StackLooks looks;
    private final DoctorOperation doctor;
    private final RetentionOperation retention;

    public StackRoutes(Services services, Shelf shelf) {
        this.services = services;
        this.shelf = shelf;
        this.looks = new StackLooks(services);
        this.doctor = new DoctorOperation(services.connectors(), services.repositories(), services.clock());
        this.retention = new RetentionOperation(services.repositories(), services.clock());
    }

    /** A new stack. */
    record Text(String text) {}

    /** A change of a stack. */
    record Change(String text, long revision) {}

    /** Some of the sources of a stack. */
    record Choice(Optional<List<String>> sources) {}

    /** A policy of retention. */
    record Policy(
            int last,
            Optional<Long> withinSeconds,
            int hourly,
            int daily,
            int weekly,
            int monthly,
            int yearly,
            int days,
            Optional<Integer> minimum,
            Optional<Set<String>> labels,
            Optional<String> zone) {
        RetentionPolicy policy() {
            return new RetentionPolicy(
                    last,
                    withinSeconds.filter(seconds -> seconds > 0).map(Duration::ofSeconds),
                    hourly,
                    daily,
                    weekly,
                    monthly,
                    yearly,
                    days,
                    minimum.orElse(RetentionPolicy.DEFAULT_MINIMUM),
                    labels.orElse(Set.of()),
                    zone.<ZoneId>map(Schedule::zone).orElse(ZoneOffset.UTC));
        }
    }

    public List<Route> all() {
        return List.of(
                Route.get("/api/v1/stacks", Admission.VIEWER, this::list),
                Route.post("/api/v1/stacks", Admission.ADMIN, this::create),
                Route.post("/api/v1/stacks/test", Admission.ADMIN, this::test),
                Route.get(ONE, Admission.VIEWER, call -> Answer.ok(looks.view(stack(call)))),
                Route.put(ONE, Admission.ADMIN, this::change),
                Route.delete(ONE, Admission.ADMIN, this::remove),
                Route.get(ONE + "/text", Admission.ADMIN, this::text),
                Route.post(ONE + "/preflight", Admission.OPERATOR, this::preflight),
                Route.post(ONE + "/recovery-code/acknowledge", Admission.ADMIN, this::acknowledge),
                Route.get(
                        ONE + "/schedule",
                        Admission.VIEWER,
                        call -> Answer.ok(looks.schedule(stack(call), call.number("count", DEFAULT_MOMENTS)))),
                Route.post(ONE + "/retention/simulate", Admission.VIEWER, this::simulate));
    }

    /** Names of all stacks that are known. */
    static Set<String> names(Services services) {
        return services.stacks().list().stream().map(StackRecord::name).collect(Collectors.toSet());
    }

    /** The stack that a call names, or the only one that who asks may see. */
    static StackRecord named(Services services, Call call, Optional<String> name, Role needed) {
        if (name.isPresent()) {
            return services.stacks().show(call.permit(needed, name.get()));
        }
        List<StackRecord> seen = services.stacks().list().stream()
                .filter(stack -> call.visible().test(stack.name()))
                .toList();
        if (seen.size() != 1) {
            throw new Missing(
                    ErrorCode.UNKNOWN_NAME,
                    seen.isEmpty() ? "there is no stack" : "there are " + seen.size() + " stacks",
                    seen.isEmpty()
                            ? "describe one first."
                            : "name one by 'stack': "
                                    + seen.stream().map(StackRecord::name).collect(Collectors.joining(", ")) + ".");
        }
        call.permit(needed, seen.getFirst().name());
        return seen.getFirst();
    }

    private StackRecord stack(Call call) {
        String name = call.text("stack");
        return services.stacks().find(name).orElseThrow(() -> unknown(name, call.visible()));
    }

    private Missing unknown(String name, Predicate<String> visible) {
        List<String> known = names(services).stream().filter(visible).toList();
        return new Missing(
                ErrorCode.UNKNOWN_NAME,
                "there is no stack '" + name + "'"
                        + Spelling.meant(name, known)
                                .map(word -> "; did you mean '" + word + "'?")
                                .orElse(""),
                "");
    }

    private Answer list(Call call) {
        return Answer.ok(new StackListView(
                looks.summaries(call.visible()),
                services.stacks().troubles().stream()
                        .filter(trouble -> call.visible().test(trouble.stack()))
                        .map(trouble -> new WarningView(trouble.stack(), trouble.message(), trouble.hint()))
                        .toList()));
    }

    private Answer create(Call call) {
        StackRecord made = services.stacks().create(call.body(Text.class).text());
        return Answer.created("/api/v1/stacks/" + made.name(), looks.view(made));
    }

    private Answer test(Call call) {
        StackConfig config = services.reader().apply(call.body(Text.class).text());
        return Answer.ok(PreflightView.of(doctor.run(config, List.of(), Run.silent())));
    }

    /** A text says what is read and which programs run on this machine: that is more than the stack. */
    private Answer change(Call call) {
        call.permitEverywhere(Role.ADMIN);
        Change change = call.body(Change.class);
        return Answer.ok(looks.view(services.stacks().change(stack(call).name(), change.text(), change.revision())));
    }

    private Answer remove(Call call) {
        services.stacks().remove(stack(call).name(), call.number("revision", 0));
        return Answer.done();
    }

    private Answer text(Call call) {
        StackRecord stack = stack(call);
        return services.stacks()
                .text(stack.name())
                .map(text -> Answer.ok(new StackTextView(text, stack.revision())))
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME,
                        "stack '" + stack.name() + "' was not made here, so its text is not",
                        "it comes from " + stack.origin().label() + "; look there."));
    }

    /** Somebody says that the recovery code is noted down elsewhere; the server does not remind of it any more. */
    private Answer acknowledge(Call call) {
        String name = stack(call).name();
        if (!services.recoveryCodes().acknowledge(name)) {
            throw new Missing(
                    ErrorCode.UNKNOWN_NAME,
                    "this server keeps no recovery code of stack '" + name + "'",
                    "it is kept by the server that made the repository.");
        }
        return Answer.done();
    }

    private Answer preflight(Call call) {
        List<String> sources =
                call.maybeBody(Choice.class).flatMap(Choice::sources).orElse(List.of());
        return Answer.ok(PreflightView.of(doctor.run(stack(call).config(), sources, Run.silent())));
    }

    private Answer simulate(Call call) {
        StackRecord stack = stack(call);
        RetentionPolicy policy = call.maybeBody(Policy.class)
                .map(Policy::policy)
                .orElseGet(() -> stack.config().policies().retention().policy());
        CatalogFacts facts = CatalogFacts.of(services.snapshots(), stack.name());
        try (Shelf.Lent lent = shelf.lend(stack)) {
            RetentionResult result = retention.simulate(
                    new RetentionOperation.Request(stack.config(), policy, facts, true), lent.repository());
            return Answer.ok(RetentionPlanView.of(stack.name(), StackLooks.retention(policy), result));
        }
    }
}
