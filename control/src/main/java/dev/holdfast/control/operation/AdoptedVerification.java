package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CHECK;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;
import static dev.holdfast.control.operation.Step.Phase.RESTORE;

import dev.holdfast.connectors.postgres.ClientTools;
import dev.holdfast.connectors.postgres.ScratchServer;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.connectors.postgres.TrialRestore;
import dev.holdfast.control.adopt.AdoptedBackup;
import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.control.adopt.AdoptedContent;
import dev.holdfast.control.adopt.AdoptedDump;
import dev.holdfast.control.adopt.AdoptedFiles;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.operation.AdoptResult.Item;
import dev.holdfast.control.operation.AdoptResult.Outcome;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads backups of other tools to their ends, and restores them for a trial if asked to. */
public final class AdoptedVerification {
    private final Connectors connectors;
    private final InstantSource clock;

    public AdoptedVerification(Connectors connectors, InstantSource clock) {
        this.connectors = connectors;
        this.clock = clock;
    }

    /**
     * @param place where they are
     * @param database whose backups are meant, exactly of this name; empty for all
     * @param chosen ids or names; empty for all
     * @param restores whether each is restored into a server of its own
     */
    public record Request(AdoptedPlace place, Optional<String> database, List<String> chosen, boolean restores) {
        public Request {
            chosen = List.copyOf(chosen);
        }
    }

    public AdoptResult run(Request request, Run run) {
        Instant began = clock.instant();
        try (AdoptedFiles files = new AdoptedFiles(connectors.exportPlaces(), request.place(), clock)) {
            AdoptedBackups listed = run.step(new Step(PREFLIGHT, request.place().name()), _ -> files.list(true));
            AdoptedBackups found = request.database().map(listed::of).orElse(listed);
            listed.findings().forEach(run::found);
            List<AdoptedBackup> chosen =
                    request.chosen().isEmpty() ? found.backups() : ImportOperation.chosen(found, request.chosen());
            List<Item> items = new ArrayList<>();
            List<Finding> findings = new ArrayList<>(listed.findings());
            for (AdoptedBackup backup : chosen) {
                items.add(new Item(backup, outcome(files, backup, request.restores(), run, findings)));
            }
            return new AdoptResult(items, findings, Duration.between(began, clock.instant()));
        }
    }

    private Outcome outcome(
            AdoptedFiles files, AdoptedBackup backup, boolean restores, Run run, List<Finding> findings) {
        try {
            ImportOperation.requireUsable(backup);
            AdoptedContent content = run.step(new Step(CHECK, backup.id()), _ -> files.compare(backup));
            content.notCompared().forEach(what -> findings.add(new Finding(content.where(), what)));
            if (!restores || !(content instanceof AdoptedDump dump)) {
                return new Outcome.Whole(content.proven(), -1);
            }
            TrialReport report = run.step(new Step(RESTORE, backup.id()), _ -> restored(dump, run));
            report.notes().forEach(note -> findings.add(new Finding(content.where(), note)));
            return new Outcome.Whole(dump.proven(), report.rows());
        } catch (Cancelled e) {
            throw e;
        } catch (HoldfastException e) {
            return new Outcome.Failed(e);
        }
    }

    private TrialReport restored(AdoptedDump dump, Run run) {
        try (ScratchServer server = connectors.scratch(Optional.empty())) {
            TrialRestore trial = new TrialRestore(server, ClientTools.ofMachine(), run.cancellation()::check);
            return dump.restored(connectors::unpackedFolder, run.cancellation()::check, trial::run);
        }
    }
}
