package dev.holdfast.cli;

import dev.holdfast.cli.client.ExportReading;
import dev.holdfast.cli.client.Results;
import dev.holdfast.cli.client.ServerClient;
import dev.holdfast.connectors.postgres.PostgresExporter;
import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.Confirmation;
import dev.holdfast.control.operation.ExportChoice;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.control.operation.ForgetOperation;
import dev.holdfast.control.operation.ForgetResult;
import dev.holdfast.control.operation.PruneResult;
import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.SyncResult;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.ExportFile;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The repository of a stack of a server: what commands ask of one, with the same answers. */
final class RemoteRepository {
    /** The server says something every 15 seconds. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final ServerClient client;
    private final RemoteServer server;
    private final String stack;

    RemoteRepository(ServerClient client, RemoteServer server, String stack) {
        this.client = client;
        this.server = server;
        this.stack = stack;
    }

    CheckResult check(boolean readData, Run run) {
        return Results.check(result(order("check").put("readData", readData), run));
    }

    SyncResult sync(Run run) {
        return Results.sync(result(order("sync"), run));
    }

    PruneResult prune(boolean dryRun, Run run) {
        return Results.prune(result(order("prune").put("dryRun", dryRun), run));
    }

    /** What the stack's policy would keep. */
    RetentionResult simulate() {
        return Results.simulation(client.post(path() + "/retention/simulate"), stack);
    }

    /** Gives up what the stack's policy does not keep. */
    RetentionResult retain(Run run) {
        return Results.retention(result(order("retention").put("dryRun", false), run), stack);
    }

    /**
     * @param names as {@link RemoteServer#select} takes them
     */
    ForgetResult forget(List<String> names, Confirmation confirmation, Run run) {
        Set<Snapshot> wanted = new LinkedHashSet<>(server.select(stack, names));
        ForgetOperation.confirm(wanted, server.snapshotsOf(stack), confirmation);
        ObjectNode order = JsonMapper.shared().createObjectNode().put("confirm", stack);
        wanted.forEach(
                snapshot -> order.withArray("snapshots").add(snapshot.id().text()));
        JsonNode ended = server.runs().carriedOut(path() + "/forget", order, run);
        return Results.forget(RemoteRuns.result(ended), List.copyOf(wanted));
    }

    /**
     * @param snapshot as {@link RemoteServer#select} takes it
     * @param parts names; empty for all
     * @param places part to place, where it is not the source's own
     */
    CompareResult compare(String snapshot, List<String> parts, Map<String, String> places, Run run) {
        Snapshot compared = server.snapshot(stack, snapshot);
        ObjectNode order = order("compare").put("snapshot", compared.id().text());
        if (!parts.isEmpty()) {
            parts.forEach(order.putArray("parts")::add);
        }
        if (!places.isEmpty()) {
            places.forEach(order.putObject("places")::put);
        }
        return Results.compare(result(order, run), compared);
    }

    /** What is kept of it as ordinary files. */
    RemoteExports exports() {
        return new RemoteExports(client, server.runs(), stack);
    }

    private ObjectNode order(String kind) {
        return JsonMapper.shared().createObjectNode().put("stack", stack).put("kind", kind);
    }

    private JsonNode result(ObjectNode order, Run run) {
        return RemoteRuns.result(server.runs().carriedOut("/api/v1/runs", order, run));
    }

    private String path() {
        return "/api/v1/stacks/" + ServerClient.encoded(stack);
    }

    /**
     * @param name as {@link RemoteServer#select} takes it
     * @param part which part, as {@link ExportChoice} takes it
     * @param format what it is to be; empty for the usual one of the part
     * @param output where it goes; closed in every case
     */
    ExportResult export(String name, Optional<String> part, Optional<ExportFormat> format, ExportFile output, Run run) {
        try (ExportFile file = output) {
            Snapshot snapshot = server.snapshot(stack, name);
            ExportChoice choice = ExportChoice.of(snapshot, part, format);
            file.preflight();
            Following following = new Following(run.listener());
            JsonNode report = read(export(snapshot, choice, file), following, choice.format(), file, run);
            file.commit();
            following.end();
            return Results.export(report, snapshot, choice.format(), file.location());
        }
    }

    private String export(Snapshot snapshot, ExportChoice choice, ExportFile file) {
        return path() + "/snapshots/" + snapshot.id() + "/export/followed?format="
                + choice.format().label() + "&changeable=" + file.changeable() + "&part="
                + ServerClient.encoded(choice.part().name())
                + switch (choice.format()) {
                    case ExportFormat.Archive archive -> "&compress=" + archive.level();
                    case ExportFormat.Sql sql -> "&compress=" + sql.level() + "&create=" + sql.create();
                    case ExportFormat.Roles roles -> "&compress=" + roles.level();
                    case ExportFormat.Kept _ -> "";
                    case ExportFormat.Tree _ -> throw new IllegalArgumentException("a tree is no file");
                };
    }

    private JsonNode read(String path, Following following, ExportFormat format, ExportFile file, Run run) {
        try {
            return client.stream(
                    path,
                    Map.of(),
                    SILENCE,
                    body -> new ExportReading(body, file, progress -> {
                                stopIfAsked(run);
                                following.tell(progress);
                            })
                            .toEnd());
        } catch (HoldfastException e) {
            HoldfastException failure = run.cancellation().requested() ? cancelled(e) : e;
            if (format instanceof ExportFormat.Sql sql && sql.level() == 0) {
                PostgresExporter.markIncomplete(file, failure);
            }
            throw failure;
        }
    }

    private static void stopIfAsked(Run run) {
        if (run.cancellation().requested()) {
            throw cancelled(null);
        }
    }

    private static Cancelled cancelled(@Nullable HoldfastException failure) {
        // the interrupt has done its work; left alone it would break the cleaning up
        boolean _ = Thread.interrupted();
        return failure instanceof Cancelled already
                ? already
                : new Cancelled(ErrorCode.CANCELLED, "cancelled", "", failure);
    }
}
