package dev.holdfast.cli;

import dev.holdfast.connectors.adopt.BackupHead.Layer;
import dev.holdfast.control.adopt.AdoptedBackup;
import dev.holdfast.control.adopt.AdoptedBackup.Clock;
import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.engine.error.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Backups that other tools made, as they are listed. */
record AdoptedReport(AdoptedBackups found) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        boolean odd = !found.findings().isEmpty() || found.backups().stream().anyMatch(backup -> !backup.isUsable());
        return odd ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }

    @Override
    public void text(Page page) {
        List<AdoptedBackup> backups = found.backups();
        if (backups.isEmpty()) {
            page.line("There is no backup in " + found.location() + ".");
        } else {
            Table table = new Table("ID", "TIME", "DATABASE", ">SIZE", "FORMAT", "LAYERS", "STATE", "FILE");
            backups.forEach(backup -> row(table, page, backup));
            page.table(table).blank();
            backups.stream()
                    .filter(backup -> !backup.why().isEmpty())
                    .forEach(backup -> page.bad(backup.name() + " cannot be used: " + backup.why()));
            page.line(Format.count(backups.size(), "backup", "backups") + " in " + found.location()
                    + (backups.stream().anyMatch(backup -> backup.clock() == Clock.MODIFIED)
                            ? "; a time with * is that of the file, because its name has none"
                            : ""));
        }
        if (found.others() > 0) {
            page.line(Format.count(found.others(), "other file is", "other files are") + " there and no backup.");
        }
        page.findings(found.findings());
    }

    private static void row(Table table, Page page, AdoptedBackup backup) {
        table.row(
                backup.id(),
                page.time(backup.time()) + (backup.clock() == Clock.MODIFIED ? "*" : ""),
                backup.database().orElse(""),
                Format.bytes(backup.bytes()),
                backup.kind().label(),
                backup.layers().stream().map(Layer::label).collect(Collectors.joining("+")),
                backup.state().label(),
                backup.name()
                        + (backup.files() > 1 ? " (" + Format.count(backup.files(), "file", "files") + ")" : "")
                        + (backup.also().isEmpty()
                                ? ""
                                : " (and " + Format.count(backup.also().size(), "other name", "other names") + ")"));
    }

    @Override
    public void json(Json json) {
        json.field("location", found.location());
        json.objects("backups", found.backups(), (AdoptedBackup backup) -> fields(json, backup));
        json.field("others", found.others());
        json.findings(found.findings());
    }

    static void fields(Json json, AdoptedBackup backup) {
        json.field("id", backup.id())
                .field("name", backup.name().text())
                .field("files", backup.files())
                .texts("also", backup.also().stream().map(name -> name.text()).toList())
                .field("time", backup.time().toString())
                .field("timeFrom", backup.clock().label())
                .field("database", backup.database().orElse(""))
                .field("bytes", backup.bytes())
                .field("layout", backup.layout().label())
                .field("format", backup.kind().label())
                .texts("layers", backup.layers().stream().map(Layer::label).toList())
                .field("state", backup.state().label())
                .field("why", backup.why());
    }
}
