package dev.holdfast.server.routes;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.operation.Confirmation;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.RestoreOperation;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.RestorePlanView;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Restores: bringing it back. */
public final class RestoreRoutes {
    private final Services services;
    private final RestoreOperation operation;

    public RestoreRoutes(Services services) {
        this.services = services;
        this.operation = new RestoreOperation(
                services.connectors(), services.repositories(), services.environment(), services.clock());
    }

    /** What is to be restored. */
    record Order(
            String stack,
            String snapshot,
            Optional<List<String>> parts,
            Optional<Map<String, String>> places,
            boolean overwrite,
            Optional<String> confirm,
            Optional<Database> database) {
        PostgresRestore asked() {
            return database.map(Database::asked).orElse(PostgresRestore.WHOLE);
        }
    }

    /** What is asked of the restore of a database. */
    record Database(
            Optional<List<String>> schemas,
            Optional<List<String>> tables,
            Optional<String> contents,
            boolean intoOriginalSchema,
            Optional<String> sideSchema,
            Optional<String> owner,
            Optional<Map<String, String>> roles,
            Optional<Boolean> keepOwners,
            Optional<Boolean> keepRights,
            boolean truncate,
            Optional<Boolean> keepReplaced,
            Optional<Boolean> compare,
            boolean keepOrder) {
        PostgresRestore asked() {
            return new PostgresRestore(
                    schemas.orElse(List.of()),
                    tables.orElse(List.of()),
                    contents.map(text -> PostgresRestore.Contents.valueOf(text.toUpperCase(Locale.ROOT)))
                            .orElse(PostgresRestore.Contents.ALL),
                    intoOriginalSchema
                            ? new PostgresRestore.Landing.OriginalSchema()
                            : new PostgresRestore.Landing.SideSchema(sideSchema),
                    new PostgresRestore.Ownership(
                            owner, roles.orElse(Map.of()), keepOwners.orElse(true), keepRights.orElse(true)),
                    truncate,
                    keepReplaced.orElse(true),
                    compare,
                    keepOrder);
        }
    }

    public List<Route> all() {
        return List.of(
                Route.post("/api/v1/restores/plan", Admission.OPERATOR, this::plan)
                        .narrowing(),
                Route.post("/api/v1/restores", Admission.OPERATOR, this::start).narrowing());
    }

    private Answer plan(Call call) {
        Order order = call.body(Order.class);
        StackRecord stack = stack(call, order);
        return Answer.ok(RestorePlanView.of(
                operation.run(
                        new RestoreOperation.Request(
                                RepositoryChoice.of(stack.config()),
                                order.snapshot(),
                                order.parts().orElse(List.of()),
                                order.places().orElse(Map.of()),
                                order.overwrite(),
                                order.asked(),
                                true),
                        refusing(),
                        Run.silent()),
                stack.name()));
    }

    private static Confirmation refusing() {
        return _ -> false;
    }

    private Answer start(Call call) {
        Order order = call.body(Order.class);
        StackRecord stack = stack(call, order);
        return RunRoutes.accepted(RunRoutes.begin(
                services,
                call,
                new RunRequest.Restore(
                        stack.name(),
                        order.snapshot(),
                        order.parts().orElse(List.of()),
                        order.places().orElse(Map.of()),
                        order.overwrite(),
                        confirmed(stack.name(), order.overwrite(), order.confirm()),
                        order.asked(),
                        false)));
    }

    private StackRecord stack(Call call, Order order) {
        String stack = call.permit(Role.OPERATOR, order.stack());
        RunRoutes.permitPlaces(call, order.places());
        return services.stacks().show(stack);
    }

    /**
     * Whether a person agreed to what will be lost.
     *
     * @throws Cancelled (NOT_CONFIRMED) if something may be replaced, and nobody agreed, or not to that
     */
    static boolean confirmed(String stack, boolean overwrite, Optional<String> confirm) {
        if (confirm.filter(stack::equals).isPresent()) {
            return true;
        }
        if (overwrite || confirm.isPresent()) {
            throw new Cancelled(
                    ErrorCode.NOT_CONFIRMED,
                    "what is there may be replaced, and that was not confirmed",
                    "give the name of the stack as 'confirm'; a plan says what would be lost.");
        }
        return false;
    }
}
