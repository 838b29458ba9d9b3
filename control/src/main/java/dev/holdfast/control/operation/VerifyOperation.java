package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CHECK;
import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.connectors.postgres.ClientTools;
import dev.holdfast.connectors.postgres.ScratchServer;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.connectors.postgres.TrialRestore;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.Ledger;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.verify.Decryption;
import dev.holdfast.control.verify.FileCheck;
import dev.holdfast.control.verify.FileVerdict;
import dev.holdfast.control.verify.TreeCheck;
import dev.holdfast.control.verify.VerifyResult;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Verifies a backup file, or all that lie in a place: those that a ledger names, and on request others. */
public final class VerifyOperation {
    private static final Set<String> ENDINGS = Set.of(
            "dump", "sql", "backup", "bak", "custom", "pgdump", "tar", "tgz", "zip", "gz", "zst", "bz2", "lz4", "xz",
            "gpg", "pgp", "asc");

    private final Connectors connectors;
    private final InstantSource clock;

    public VerifyOperation(Connectors connectors, InstantSource clock) {
        this.connectors = connectors;
        this.clock = clock;
    }

    /**
     * @param place where the file or the files are
     * @param file the one that is meant; empty for all of the place
     * @param newest how many exports of each stack and name, the newest first; 0 for all
     * @param others whether files that no ledger names are looked at too
     * @param scratch the server to restore into; empty for one of its own
     */
    public record Request(
            PlaceConfig place,
            Optional<FileName> file,
            FileCheck.Depth depth,
            int newest,
            boolean others,
            Decryption decryption,
            Optional<Secret> scratch) {}

    public VerifyResult run(Request request, Run run) {
        Instant began = clock.instant();
        try (FilePlace place = connectors.exportPlaces().open(request.place());
                Verifying verifying = new Verifying(request, place, run)) {
            Ledger.Contents ledger = run.step(Step.of(OPEN), _ -> new Ledger(place).read());
            verifying.choose(ledger);
            List<FileVerdict> verdicts = verifying.verdicts();
            return new VerifyResult(
                    place.location(),
                    request.depth(),
                    verdicts,
                    List.copyOf(verifying.others),
                    verifying.findings,
                    Duration.between(began, clock.instant()));
        }
    }

    /** Whether its ending is one that backup files have. */
    public static boolean isNamedLikeBackup(FileName name) {
        String last = name.last().toLowerCase(Locale.ROOT);
        return !name.text().startsWith(".holdfast/") && ENDINGS.contains(last.substring(last.lastIndexOf('.') + 1));
    }

    /** One run. For one thread. */
    private final class Verifying implements AutoCloseable {
        private final Request request;
        private final FilePlace place;
        private final Run run;
        private final Map<FileName, Optional<LedgerEntry.Written>> chosen = new LinkedHashMap<>();
        private final Set<String> others = new TreeSet<>();
        private final List<Finding> findings = new ArrayList<>();
        private @Nullable ScratchServer server;

        Verifying(Request request, FilePlace place, Run run) {
            this.request = request;
            this.place = place;
            this.run = run;
        }

        void choose(Ledger.Contents ledger) {
            if (request.file().isPresent()) {
                FileName name = request.file().get();
                chosen.put(name, named(ledger, name));
                return;
            }
            ledger.findings().forEach(this::found);
            chooseOfLedger(ledger);
            chooseOthers(ledger);
        }

        /** What the newest entry says that names it. */
        private Optional<LedgerEntry.Written> named(Ledger.Contents ledger, FileName name) {
            return ledger.entries().reversed().stream()
                    .filter(stored -> stored.entry().isWhole())
                    .flatMap(stored -> stored.entry().files().stream())
                    .filter(file -> file.name().equals(name))
                    .findFirst();
        }

        private void chooseOfLedger(Ledger.Contents ledger) {
            Map<String, Integer> counts = new HashMap<>();
            Set<FileName> replaced = new TreeSet<>();
            for (Ledger.Stored stored : ledger.entries().reversed()) {
                LedgerEntry entry = stored.entry();
                if (!entry.isWhole()) {
                    found(new Finding(
                            entry.id().text(),
                            "this export of snapshot " + entry.snapshot() + " is not whole ("
                                    + entry.state().label() + ") and was not looked at"));
                    continue;
                }
                int count = counts.merge(entry.stack() + "\n" + entry.export(), 1, Integer::sum);
                for (LedgerEntry.Written file : entry.files()) {
                    if (replaced.add(file.name()) && (request.newest() == 0 || count <= request.newest())) {
                        chosen.put(file.name(), Optional.of(file));
                    }
                }
            }
        }

        private void chooseOthers(Ledger.Contents ledger) {
            Set<FileName> ours = new TreeSet<>();
            List<String> trees = new ArrayList<>();
            ledger.entries()
                    .forEach(stored -> stored.entry().files().forEach(file -> {
                        ours.add(file.name());
                        file.tree().ifPresent(_ -> trees.add(file.name() + "/"));
                    }));
            place.list("", file -> {
                if (isNamedLikeBackup(file.name())
                        && !ours.contains(file.name())
                        && trees.stream().noneMatch(file.name().text()::startsWith)) {
                    others.add(file.name().text());
                }
            });
            if (request.others() || ledger.entries().isEmpty()) {
                others.forEach(name -> chosen.put(new FileName(name), Optional.empty()));
                others.clear();
            }
        }

        private void found(Finding finding) {
            run.found(finding);
            findings.add(finding);
        }

        List<FileVerdict> verdicts() {
            Optional<OpenPgpReader> decryption = request.decryption().reader();
            List<FileVerdict> verdicts = new ArrayList<>();
            chosen.forEach((name, written) -> verdicts.add(
                    run.step(new Step(CHECK, name.text()), progress -> verdict(name, written, decryption, progress))));
            verdicts.sort(Comparator.comparing(FileVerdict::state).reversed().thenComparing(FileVerdict::file));
            return verdicts;
        }

        private FileVerdict verdict(
                FileName name,
                Optional<LedgerEntry.Written> written,
                Optional<OpenPgpReader> decryption,
                Progress progress) {
            Optional<LedgerEntry.Written> tree =
                    written.filter(file -> file.tree().isPresent());
            return tree.isPresent()
                    ? new TreeCheck(place, tree.get(), clock.instant()).verdict(request.depth(), progress)
                    : new FileCheck(place, name, written, decryption, clock.instant())
                            .verdict(request.depth(), progress, trial(progress));
        }

        private FileCheck.Trial trial(Progress progress) {
            return new FileCheck.Trial() {
                @Override
                public TrialReport of(TrialDump dump) {
                    return restored(dump, progress);
                }

                @Override
                public UnpackedFolder folder() {
                    return connectors.unpackedFolder();
                }
            };
        }

        /** A dump of a whole server makes roles and databases that the next one would meet. */
        private TrialReport restored(TrialDump dump, Progress progress) {
            if (dump.contents().ofServer()) {
                try (ScratchServer alone = connectors.scratch(request.scratch())) {
                    return restored(alone, dump, progress);
                }
            }
            ScratchServer at = server;
            if (at == null) {
                at = connectors.scratch(request.scratch());
                server = at;
            }
            return restored(at, dump, progress);
        }

        private static TrialReport restored(ScratchServer at, TrialDump dump, Progress progress) {
            return new TrialRestore(at, ClientTools.ofMachine(), () -> progress.advance(0, 0)).run(dump);
        }

        @Override
        public void close() {
            if (server != null) {
                server.close();
            }
        }
    }
}
