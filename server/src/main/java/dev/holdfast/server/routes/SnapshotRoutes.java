package dev.holdfast.server.routes;

import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.stack.Assurance;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotPage;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.server.browse.Browsing;
import dev.holdfast.server.browse.Shelf;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.SnapshotPageView;
import dev.holdfast.server.view.SnapshotView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Snapshots: what can be restored. */
public final class SnapshotRoutes {
    static final String ONE = "/api/v1/stacks/{stack}/snapshots/{snapshot}";

    private final Services services;
    private final Shelf shelf;

    public SnapshotRoutes(Services services, Shelf shelf) {
        this.services = services;
        this.shelf = shelf;
    }

    /** What is changed of a snapshot. */
    record Change(Optional<Boolean> pinned, Optional<String> note, Optional<String> appVersion) {}

    /** Which snapshots are given up. */
    record Forgetting(List<String> snapshots, String confirm) {}

    public List<Route> all() {
        return List.of(
                Route.get("/api/v1/snapshots", Admission.VIEWER, this::list),
                Route.get(ONE, Admission.VIEWER, call -> Answer.ok(SnapshotView.of(snapshot(call)))),
                Route.patch(ONE, Admission.OPERATOR, this::annotate),
                Route.delete(ONE, Admission.ADMIN, this::forget),
                Route.post("/api/v1/stacks/{stack}/forget", Admission.ADMIN, this::forgetSome),
                Route.get(ONE + "/entries", Admission.VIEWER, this::entries),
                Route.get(ONE + "/differences/{other}", Admission.VIEWER, this::differences));
    }

    private Answer list(Call call) {
        Optional<Set<String>> stacks = call.stacks(StackRoutes.names(services));
        if (stacks.isPresent() && stacks.get().isEmpty()) {
            return Answer.ok(SnapshotPageView.of(new SnapshotPage(List.of(), Optional.empty())));
        }
        SnapshotFilter filter = new SnapshotFilter(
                stacks.orElse(Set.of()),
                call.time("since"),
                call.time("until"),
                call.maybe("reached").map(step -> Assurance.Step.valueOf(step.toUpperCase(Locale.ROOT))),
                call.maybe("pinned").map(Boolean::parseBoolean),
                call.maybe("appVersion"));
        return Answer.ok(SnapshotPageView.of(services.snapshots()
                .list(
                        filter,
                        call.maybe("after").map(SnapshotId::new),
                        call.number("limit", RunRoutes.DEFAULT_LIMIT))));
    }

    private SnapshotRecord snapshot(Call call) {
        return services.snapshots().show(stack(call).name(), new SnapshotId(call.text("snapshot")));
    }

    private StackRecord stack(Call call) {
        return services.stacks().show(call.text("stack"));
    }

    private Answer annotate(Call call) {
        SnapshotRecord snapshot = snapshot(call);
        Change change = call.body(Change.class);
        change.pinned().ifPresent(pinned -> services.snapshots().pin(stack(call), snapshot.id(), pinned));
        change.note().ifPresent(note -> services.snapshots().note(snapshot.stack(), snapshot.id(), note));
        change.appVersion()
                .ifPresent(version -> services.snapshots().appVersion(snapshot.stack(), snapshot.id(), version));
        return Answer.ok(SnapshotView.of(snapshot(call)));
    }

    private Answer forget(Call call) {
        SnapshotRecord snapshot = snapshot(call);
        return RunRoutes.accepted(forget(services, call, snapshot, call.text("confirm")));
    }

    /** All are looked for first: one name that is wrong, and none is given up. */
    private Answer forgetSome(Call call) {
        StackRecord stack = stack(call);
        Forgetting order = call.body(Forgetting.class);
        List<String> ids = order.snapshots().stream()
                .map(id -> services.snapshots()
                        .show(stack.name(), new SnapshotId(id))
                        .id()
                        .text())
                .distinct()
                .toList();
        if (!order.confirm().equals(stack.name())) {
            throw new Cancelled(
                    ErrorCode.NOT_CONFIRMED,
                    ids.size() + " snapshots would be given up for ever, and that was not confirmed",
                    "give the name of the stack as 'confirm'.");
        }
        call.note("snapshots " + String.join(" ", ids));
        return RunRoutes.accepted(RunRoutes.begin(services, call, new RunRequest.Forget(stack.name(), ids, true)));
    }

    /** Begins to give up a snapshot, if its id was written once more. */
    static RunRecord forget(Services services, Call call, SnapshotRecord snapshot, String confirmed) {
        if (!confirmed.equals(snapshot.id().text())) {
            throw new Cancelled(
                    ErrorCode.NOT_CONFIRMED,
                    "snapshot " + snapshot.id() + " would be given up for ever, and that was not confirmed",
                    "give its id once more as 'confirm'.");
        }
        return RunRoutes.begin(
                services,
                call,
                new RunRequest.Forget(snapshot.stack(), List.of(snapshot.id().text()), true));
    }

    private Answer entries(Call call) {
        try (Shelf.Lent lent = shelf.lend(stack(call))) {
            Snapshot snapshot = lent.snapshot(call.text("stack"), new SnapshotId(call.text("snapshot")));
            return Answer.ok(Browsing.entries(
                    lent.part(snapshot, call.text("part")),
                    call.maybe("prefix").orElse(""),
                    call.flag("folders"),
                    call.maybe("after"),
                    call.number("limit", RunRoutes.DEFAULT_LIMIT)));
        }
    }

    private Answer differences(Call call) {
        try (Shelf.Lent lent = shelf.lend(stack(call))) {
            Snapshot after = lent.snapshot(call.text("stack"), new SnapshotId(call.text("snapshot")));
            Snapshot before = lent.snapshot(call.text("stack"), new SnapshotId(call.text("other")));
            return Answer.ok(Browsing.differences(
                    lent.part(before, call.text("part")),
                    lent.part(after, call.text("part")),
                    call.maybe("after"),
                    call.number("limit", RunRoutes.DEFAULT_LIMIT)));
        }
    }
}
