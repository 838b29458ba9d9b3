package dev.holdfast.server.routes;

import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.operation.ExportsOperation;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.ExportPlaceListView;
import dev.holdfast.server.view.ExportPlaceView;
import dev.holdfast.server.view.FindingView;
import dev.holdfast.server.view.KeptExportView;
import dev.holdfast.server.view.PageView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files of snapshots that are kept in places: what is where, and runs that write and clean up. */
public final class ExportRoutes {
    static final String ALL = "/api/v1/stacks/{stack}/exports";
    static final String PLACE = ALL + "/{export}/places/{place}";

    private final Services services;
    private final PlaceLooks looks;

    public ExportRoutes(Services services) {
        this.services = services;
        this.looks = new PlaceLooks(services);
    }

    /** What is asked of a run. */
    record Order(Optional<String> snapshot) {}

    /** What is asked of a clean-up. */
    record CleanUp(boolean dryRun) {}

    public List<Route> all() {
        return List.of(
                Route.get(ALL, Admission.VIEWER, this::list),
                Route.post(ALL, Admission.OPERATOR, this::start),
                Route.post(ALL + "/clean", Admission.OPERATOR, this::clean),
                Route.get(PLACE, Admission.VIEWER, this::show));
    }

    private Answer list(Call call) {
        StackRecord stack = exporting(call);
        List<ExportConfig> each = stack.config().exports().stream()
                .flatMap(export -> export.places().stream().map(export::at))
                .toList();
        List<ExportPlaceView> places = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        List<ExportsResult> results = looks.at(stack, each);
        for (int i = 0; i < each.size(); i++) {
            boolean byHand = each.get(i).places().getFirst().byHand();
            results.get(i).places().forEach(place -> places.add(ExportPlaceView.of(place, byHand)));
            findings.addAll(results.get(i).findings());
        }
        return Answer.ok(new ExportPlaceListView(
                places, findings.stream().distinct().map(FindingView::of).toList()));
    }

    private Answer show(Call call) {
        StackRecord stack = stack(services, call);
        ExportConfig export = chosen(stack, call.text("export"), call.text("place"));
        ExportsResult.PlaceState place =
                looks.at(stack, List.of(export)).getFirst().places().getFirst();
        place.failure().ifPresent(reason -> {
            throw reason;
        });
        Optional<String> after = call.maybe("after");
        List<ExportPlan.Decision> rest = place.decisions().stream()
                .dropWhile(decision -> after.isPresent() && !isAfter(decision, after.get()))
                .toList();
        int limit = call.number("limit", RunRoutes.DEFAULT_LIMIT);
        return Answer.ok(PageView.of(
                rest,
                limit,
                KeptExportView::of,
                decision -> decision.entry().snapshot() + "." + decision.entry().id()));
    }

    /** Newest snapshot first, as they are shown. */
    private static boolean isAfter(ExportPlan.Decision decision, String shown) {
        return (decision.entry().snapshot() + "." + decision.entry().id()).compareTo(shown) < 0;
    }

    private Answer start(Call call) {
        StackRecord stack = exporting(call);
        Optional<String> snapshot = call.maybeBody(Order.class).flatMap(Order::snapshot);
        return RunRoutes.accepted(
                RunRoutes.begin(services, call, new RunRequest.Exports(stack.name(), snapshot, true)));
    }

    private Answer clean(Call call) {
        StackRecord stack = exporting(call);
        boolean dryRun = call.maybeBody(CleanUp.class).map(CleanUp::dryRun).orElse(false);
        return RunRoutes.accepted(RunRoutes.begin(services, call, new RunRequest.ExportsCleanUp(stack.name(), dryRun)));
    }

    /** That there is nothing to do is known before a run begins. */
    private StackRecord exporting(Call call) {
        StackRecord stack = stack(services, call);
        ExportsOperation.requireExports(stack.config());
        return stack;
    }

    static StackRecord stack(Services services, Call call) {
        return services.stacks().show(call.text("stack"));
    }

    /** An export with one of its places alone. */
    static ExportConfig chosen(StackRecord stack, String export, String place) {
        ExportConfig config = stack.config().exports().stream()
                .filter(one -> one.name().equals(export))
                .findFirst()
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME, "stack '" + stack.name() + "' has no export '" + export + "'", ""));
        ExportPlace chosen = config.places().stream()
                .filter(one -> one.name().equals(place))
                .findFirst()
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME, "export '" + export + "' has no place '" + place + "'", ""));
        return config.at(chosen);
    }
}
