package dev.holdfast.cli;

import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.util.Optional;
import java.util.OptionalLong;

record BackupReport(BackupResult result, OptionalLong peakBytes) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        Snapshot snapshot = result.snapshot();
        page.heading("Snapshot " + snapshot.id() + " of stack '" + snapshot.stack() + "'");
        Table table = new Table(
                "PART", "KIND", ">ENTRIES", ">SIZE", ">NEW", ">CHANGED", ">UNCHANGED", ">GONE", ">READ", ">STORED");
        snapshot.parts().forEach(part -> row(table, part));
        page.table(table).blank();
        page.line("Stored " + Format.bytes(snapshot.storedBytes()) + " ("
                + Format.percent(snapshot.storedBytes(), snapshot.bytes()) + " of " + Format.bytes(snapshot.bytes())
                + "), read " + Format.bytes(result.readBytes()) + ", in " + Format.duration(result.took()) + peak());
        page.destinations(result.destinations());
        if (result.destinations().size() == 1) {
            page.line("One copy short: nothing of it is left if that place is lost; add a destination elsewhere.");
        }
        page.findings(result.findings());
        if (concern().isPresent()) {
            page.warn("The snapshot is complete, but somebody should look at the lines above.");
        }
    }

    private static void row(Table table, Part part) {
        Part.Statistics cost = part.statistics();
        table.row(
                part.name(),
                part.kind(),
                Format.count(part.entries()),
                Format.bytes(part.bytes()),
                Format.count(cost.newEntries()),
                Format.count(cost.changedEntries()),
                Format.count(cost.unchangedEntries()),
                Format.count(cost.removedEntries()),
                Format.bytes(cost.readBytes()),
                Format.bytes(cost.storedBytes()));
    }

    private String peak() {
        return peakBytes.isPresent() ? ", peak memory " + Format.bytes(peakBytes.getAsLong()) : "";
    }

    @Override
    public void json(Json json) {
        Snapshot snapshot = result.snapshot();
        json.field("snapshot", snapshot.id().text())
                .field("stack", snapshot.stack())
                .objects("parts", snapshot.parts(), (Part part) -> part(json, part))
                .field("bytes", snapshot.bytes())
                .field("storedBytes", snapshot.storedBytes())
                .field("readBytes", result.readBytes())
                .field("seconds", Format.seconds(result.took()));
        peakBytes.ifPresent(bytes -> json.field("peakResidentBytes", bytes));
        json.destinations(result.destinations()).findings(result.findings());
    }

    private static void part(Json json, Part part) {
        Part.Statistics cost = part.statistics();
        json.field("name", part.name())
                .field("kind", part.kind())
                .field("location", part.location())
                .field("entries", part.entries())
                .field("bytes", part.bytes())
                .field("storedBytes", cost.storedBytes())
                .field("newEntries", cost.newEntries())
                .field("changedEntries", cost.changedEntries())
                .field("unchangedEntries", cost.unchangedEntries())
                .field("removedEntries", cost.removedEntries())
                .field("readEntries", cost.readEntries())
                .field("readBytes", cost.readBytes());
    }
}
