package dev.holdfast.cli;

import dev.holdfast.control.operation.SnapshotsResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

record SnapshotsReport(SnapshotsResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        if (result.snapshots().isEmpty()) {
            page.line("There are no snapshots yet.");
        } else {
            Table table = new Table("SNAPSHOT", "TIME", "STACK", ">SIZE", ">STORED", "PARTS", "LABELS");
            result.snapshots().forEach(snapshot -> row(page, table, snapshot));
            page.table(table);
        }
        if (result.others() > 0) {
            page.line("And " + Format.count(result.others(), "snapshot", "snapshots")
                    + " of other stacks; --repository without --stack lists all.");
        }
        if (result.destinations().stream().anyMatch(destination -> !destination.level())) {
            page.destinations(result.destinations());
        }
        page.findings(result.findings());
    }

    private static void row(Page page, Table table, Snapshot snapshot) {
        table.row(
                snapshot.id().text(),
                page.time(snapshot.began()),
                snapshot.stack(),
                Format.bytes(snapshot.bytes()),
                Format.bytes(snapshot.storedBytes()),
                snapshot.parts().stream().map(Part::name).collect(Collectors.joining(" ")),
                labels(snapshot));
    }

    static String labels(Snapshot snapshot) {
        return new TreeMap<>(snapshot.labels())
                .entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(" "));
    }

    @Override
    public void json(Json json) {
        json.objects("snapshots", result.snapshots(), (Snapshot snapshot) -> summary(json, snapshot))
                .destinations(result.destinations())
                .findings(result.findings());
    }

    static void summary(Json json, Snapshot snapshot) {
        json.field("id", snapshot.id().text())
                .field("stack", snapshot.stack())
                .field("time", snapshot.began().toString())
                .field("committed", snapshot.committed().toString())
                .field("host", snapshot.host())
                .field("version", snapshot.version())
                .objects(
                        "parts",
                        snapshot.parts(),
                        (Part part) -> json.field("name", part.name())
                                .field("kind", part.kind())
                                .field("entries", part.entries())
                                .field("bytes", part.bytes()))
                .field("bytes", snapshot.bytes())
                .field("storedBytes", snapshot.storedBytes())
                .object("labels", () -> labels(json, new TreeMap<>(snapshot.labels())))
                .findings(snapshot.findings());
    }

    private static void labels(Json json, Map<String, String> labels) {
        labels.forEach(json::field);
    }
}
