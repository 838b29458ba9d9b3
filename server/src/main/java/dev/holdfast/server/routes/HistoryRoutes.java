package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.notify.Delivery;
import dev.holdfast.control.notify.DeliveryFilter;
import dev.holdfast.control.notify.Incident;
import dev.holdfast.control.notify.IncidentFilter;
import dev.holdfast.control.notify.NotificationHistory;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.ChannelTroubleView;
import dev.holdfast.server.view.DeliveryView;
import dev.holdfast.server.view.IncidentView;
import dev.holdfast.server.view.ListView;
import dev.holdfast.server.view.PageView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What went wrong and goes on, and what people were told of it. Whoever sees some stacks only sees nothing of the server's own. */
public final class HistoryRoutes {
    private static final int DEFAULT_LIMIT = 50;

    private final Services services;

    public HistoryRoutes(Services services) {
        this.services = services;
    }

    public List<Route> all() {
        return List.of(
                Route.get("/api/v1/incidents", Admission.VIEWER, this::incidents),
                Route.get("/api/v1/notifications/deliveries", Admission.VIEWER, this::deliveries),
                Route.get("/api/v1/notifications/troubles", Admission.VIEWER, this::troubles));
    }

    private NotificationHistory history() {
        return services.history();
    }

    private Answer incidents(Call call) {
        int limit = call.number("limit", DEFAULT_LIMIT);
        IncidentFilter filter = new IncidentFilter(
                call.stacks(StackRoutes.names(services)), call.maybe("open").map(Boolean::parseBoolean));
        return Answer.ok(PageView.of(
                history().incidents(filter, call.maybe("after"), limit + 1), limit, IncidentView::of, Incident::id));
    }

    private Answer deliveries(Call call) {
        int limit = call.number("limit", DEFAULT_LIMIT);
        DeliveryFilter filter = new DeliveryFilter(
                call.stacks(StackRoutes.names(services)),
                call.maybe("channel"),
                call.maybe("state").map(state -> Delivery.State.valueOf(state.toUpperCase(Locale.ROOT))));
        return Answer.ok(PageView.of(
                history().deliveries(filter, call.maybe("after"), limit + 1), limit, DeliveryView::of, Delivery::id));
    }

    private Answer troubles(Call call) {
        return Answer.ok(new ListView<>(history().troubles().stream()
                .filter(trouble -> isVisible(call, trouble.stack()))
                .map(ChannelTroubleView::of)
                .toList()));
    }

    private static boolean isVisible(Call call, Optional<String> stack) {
        return stack.map(call.visible()::test).orElseGet(() -> call.principal().mayEverywhere(Role.VIEWER));
    }
}
