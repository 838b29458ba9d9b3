package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.contract.ContractPage;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.metrics.Health;
import dev.holdfast.server.metrics.ServiceMetrics;
import dev.holdfast.server.view.HealthView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** For machines that watch, and for those who read the contract. */
public final class WatchRoutes {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Health health;
    private final ServiceMetrics metrics;
    private final Contract contract;

    public WatchRoutes(Health health, ServiceMetrics metrics, Contract contract) {
        this.health = health;
        this.metrics = metrics;
        this.contract = contract;
    }

    public List<Route> all() {
        return List.of(
                Route.get("/health/live", Admission.ANYONE, _ -> Answer.ok(new HealthView(HealthView.UP, Map.of()))),
                Route.get("/health/ready", Admission.ANYONE, _ -> ready()),
                Route.get("/metrics", Admission.WATCHER, this::metrics),
                Route.get(
                        "/openapi.yaml",
                        Admission.ANYONE,
                        _ -> text("application/yaml; charset=utf-8", contract.yaml())),
                Route.get("/openapi.json", Admission.ANYONE, _ -> text("application/json", utf8(contract.json()))),
                Route.get("/api/docs", Admission.ANYONE, _ -> page()));
    }

    private Answer ready() {
        HealthView view = health.ready();
        return new Answer.Json(view.isUp() ? 200 : 503, view, Answer.Headers.NONE);
    }

    /** They tell of all stacks. */
    private Answer metrics(Call call) {
        if (call.anybody().isPresent()) {
            call.permitEverywhere(Role.VIEWER);
        }
        return text(PROMETHEUS, utf8(metrics.scrape()));
    }

    private Answer page() {
        ContractPage page = new ContractPage(contract);
        return new Answer.Text(
                200,
                "text/html; charset=utf-8",
                utf8(page.html()),
                Answer.Headers.of("Content-Security-Policy", page.policy()));
    }

    private static Answer text(String type, byte[] bytes) {
        return new Answer.Text(200, type, bytes, Answer.Headers.NONE);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
