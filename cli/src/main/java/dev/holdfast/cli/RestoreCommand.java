package dev.holdfast.cli;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.PostgresRestore.Landing;
import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.operation.AdoptedRestore;
import dev.holdfast.control.operation.AdoptedTreeRestore;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.RestoreOperation;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.SnapshotSelector;
import dev.holdfast.control.operation.SnapshotsOperation;
import dev.holdfast.control.operation.SnapshotsResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        header = "Brings a snapshot back, to its own place or another.",
        description = {
            "Brings a snapshot back: everything or some parts, to their own places or to others. Nothing that",
            "is there is replaced unless --overwrite is given and confirmed. --dry-run shows what would be done."
        },
        footer = {
            "",
            "A TARGET is, for a database, a name on the same server or a postgresql:// URL; for a bucket, a",
            "name on the same server or name/prefix; for a directory, a path.",
            "",
            "A database that is replaced is kept under the name <name>_before_<time> until you drop it. Some",
            "tables or schemas go into a database of their own, or, where it is there already, into a schema",
            "restored_<time> beside what is there.",
            "",
            "Examples:",
            "  holdfast restore",
            "  holdfast restore --dry-run --overwrite",
            "  holdfast restore 01jd8x --part database --to database=shop_yesterday",
            "  holdfast restore latest --overwrite --yes",
            "  holdfast restore --table public.orders --table 'public.invoice_*'",
            "  holdfast restore --schema app --original-schema",
            "  holdfast restore --table public.orders --data-only --truncate",
            "  holdfast restore --to database=shop_dev --owner dev --no-privileges",
            "  holdfast restore --repository /mnt/usb/shop --to database=postgresql://postgres@db/shop \\",
            "      --to media=shop-media --to uploads=/srv/shop/uploads",
            "  holdfast restore --from /srv/backups latest --database shop \\",
            "      --to database=postgresql://postgres@db/shop_copy",
            "",
            "Exit codes: 0 everything is restored; 3 it is, but something is not exactly as it was; 47, 53, 62",
            "the target is not empty; 81 --overwrite was not confirmed. With --dry-run: 0 it would work; 3 it",
            "would, but something would not be exactly as it was; any other says why it cannot. All are listed",
            "by 'holdfast --help'."
        })
final class RestoreCommand extends AnywhereCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            description = "'latest', an id, or the beginning of one. If none is given, a person at a terminal is asked,"
                    + " and 'latest' is meant otherwise.")
    @Nullable
    String snapshot;

    @Option(names = "--part", paramLabel = "NAME", description = "Restore only this part; may be repeated.")
    List<String> parts = new ArrayList<>();

    @Option(
            names = "--to",
            paramLabel = "PART=TARGET",
            description = "Restore a part to another place; may be repeated.")
    Map<String, String> places = new LinkedHashMap<>();

    @Option(names = "--overwrite", description = "Replace what is there, after a confirmation.")
    boolean overwrite;

    @Option(names = "--yes", description = "Confirm beforehand.")
    boolean yes;

    @Option(names = "--dry-run", description = "Show what would be done, and change nothing.")
    boolean dryRun;

    @ArgGroup(validate = false, heading = "%nOf a database:%n", order = 50)
    DatabaseChoices database = new DatabaseChoices();

    /** What is asked of databases. */
    static final class DatabaseChoices {
        @Option(
                names = "--schema",
                paramLabel = "NAME",
                description = "Restore only this schema; with * and ? like in a shell; may be repeated.")
        List<String> schemas = new ArrayList<>();

        @Option(
                names = "--table",
                paramLabel = "SCHEMA.NAME",
                description =
                        "Restore only this table, view or sequence and what it needs; with * and ?; may be repeated.")
        List<String> tables = new ArrayList<>();

        @Option(names = "--schema-only", description = "Restore definitions without rows.")
        boolean schemaOnly;

        @Option(names = "--data-only", description = "Restore rows into tables that are there, in one transaction.")
        boolean dataOnly;

        @Option(names = "--truncate", description = "With --data-only: empty these tables first, after a confirmation.")
        boolean truncate;

        @Option(
                names = "--side-schema",
                paramLabel = "NAME",
                description = "The schema beside what is there; otherwise restored_<time>.")
        @Nullable
        String sideSchema;

        @Option(
                names = "--original-schema",
                description = "Restore into the schemas it came from, where nothing may have the same names.")
        boolean originalSchema;

        @Option(names = "--owner", paramLabel = "ROLE", description = "Give everything to this role.")
        @Nullable
        String owner;

        @Option(
                names = "--map-role",
                paramLabel = "OLD=NEW",
                description = "Put a role in place of another, as owner and in rights; may be repeated.")
        Map<String, String> roles = new LinkedHashMap<>();

        @Option(names = "--no-owner", description = "Everything belongs to the user that restores.")
        boolean noOwner;

        @Option(names = "--no-privileges", description = "Grant nothing to anybody.")
        boolean noPrivileges;

        @Option(names = "--drop-old", description = "Drop the database that was replaced, and do not keep it.")
        boolean dropOld;

        @Option(
                names = "--compare",
                negatable = true,
                description = "Read all rows again and compare them before anything gets its final name;"
                        + " done unless a new database is made.")
        @Nullable
        Boolean compare;

        @Option(
                names = "--keep-order",
                description = "Write each table over one connection, so that its rows lie as they lay: slower for a few"
                        + " large tables, but the next backup finds their rows stored already.")
        boolean keepOrder;

        PostgresRestore choice() {
            return new PostgresRestore(
                    schemas,
                    tables,
                    contents(),
                    landing(),
                    new Ownership(Optional.ofNullable(owner), roles, !noOwner, !noPrivileges),
                    truncate,
                    !dropOld,
                    Optional.ofNullable(compare),
                    keepOrder);
        }

        private Contents contents() {
            if (schemaOnly && dataOnly) {
                throw exclusive("--schema-only", "--data-only");
            }
            return schemaOnly ? Contents.SCHEMA : dataOnly ? Contents.DATA : Contents.ALL;
        }

        private Landing landing() {
            if (originalSchema && sideSchema != null) {
                throw exclusive("--side-schema", "--original-schema");
            }
            return originalSchema
                    ? new Landing.OriginalSchema()
                    : new Landing.SideSchema(Optional.ofNullable(sideSchema));
        }

        private static Invalid exclusive(String one, String other) {
            return new Invalid(
                    ErrorCode.USAGE, one + " and " + other + " exclude each other", "leave one of them out.");
        }
    }

    @ArgGroup(validate = false, heading = "%nFrom a backup of another tool:%n", order = 60)
    FromFile from = new FromFile();

    /** What is asked of a backup of another tool. */
    static final class FromFile {
        @Option(
                names = "--from",
                paramLabel = "PLACE",
                description = "Restore a backup that another tool made; 'holdfast adopt PLACE' lists them, and SNAPSHOT"
                        + " is an id or a file then.")
        @Nullable
        String place;

        @Option(names = "--database", paramLabel = "NAME", description = "With --from: of this database.")
        @Nullable
        String database;
    }

    @Mixin
    AdoptedOptions opening = new AdoptedOptions();

    RestoreCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (from.place != null) {
            return restoredFrom(from.place);
        }
        if (atServer()) {
            return new RestoreReport(remotely(this::restored));
        }
        RepositoryChoice choice = choice();
        Chosen chosen = chosen(() -> running(run -> new SnapshotsOperation(cli.repositories()).run(choice, run)));
        RestoreOperation operation =
                new RestoreOperation(cli.connectors(), cli.repositories(), cli.environment(), cli.clock());
        RestoreOperation.Request request = new RestoreOperation.Request(
                choice, chosen.snapshot(), chosen.parts(), places, overwrite, database.choice(), dryRun);
        return new RestoreReport(running(run -> operation.run(request, confirmation(yes), run)));
    }

    private Report restoredFrom(String place) {
        PostgresRestore choice = database.choice();
        if (!parts.isEmpty() || choice.isPartial() || database.owner != null || !database.roles.isEmpty()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "a backup of another tool is restored whole",
                    "import it with 'holdfast adopt --import', and restore some of the snapshot.");
        }
        String chosen = snapshot == null ? SnapshotSelector.LATEST : snapshot;
        Optional<Path> folder = folder();
        if (folder.isPresent()) {
            AdoptedTreeRestore operation = new AdoptedTreeRestore(cli.connectors(), cli.clock());
            AdoptedTreeRestore.Request request =
                    new AdoptedTreeRestore.Request(opening.place(this, place), chosen, folder.get(), dryRun);
            return new AdoptedTreeReport(running(run -> operation.run(request, run)));
        }
        AdoptedRestore operation = new AdoptedRestore(cli.connectors(), cli.clock());
        AdoptedRestore.Request request = new AdoptedRestore.Request(
                opening.place(this, place),
                Optional.ofNullable(from.database),
                chosen,
                target(),
                new AdoptedRestore.How(
                        overwrite, !database.noOwner && !database.noPrivileges, !database.dropOld, dryRun));
        return new AdoptedRestoreReport(running(run -> operation.run(request, confirmation(yes), run)));
    }

    /** The folder that files of another tool go to: a path is told by how it begins. */
    private Optional<Path> folder() {
        return places.size() == 1
                ? places.values().stream()
                        .filter(to -> to.startsWith("/") || to.startsWith("./") || to.startsWith("../"))
                        .map(cli.folder()::resolve)
                        .map(Path::normalize)
                        .findFirst()
                : Optional.empty();
    }

    /** Where a backup of another tool goes: a URL, or a database on the server of a source. */
    private PostgresConfig target() {
        if (places.size() != 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "a backup of another tool needs one place to go to",
                    "for example: --to database=postgresql://user@host/shop_copy");
        }
        Map.Entry<String, String> to = places.entrySet().iterator().next();
        if (PostgresConfig.isUrl(to.getValue())) {
            return new PostgresConfig(
                    to.getKey(),
                    new Secret(to.getValue()),
                    cli.environment().secret("PGPASSWORD"),
                    PostgresConfig.DEFAULT_CONNECTIONS);
        }
        return stack().source(to.getKey())
                .filter(PostgresConfig.class::isInstance)
                .map(source -> ((PostgresConfig) source).withDatabase(to.getValue()))
                .orElseThrow(() -> new Invalid(
                        ErrorCode.USAGE,
                        "'" + to.getKey() + "' is no database of the stack, so nothing says on which server '"
                                + to.getValue() + "' is",
                        "for example: --to database=postgresql://user@host/shop_copy"));
    }

    private RestoreResult restored(RemoteServer server) {
        String stack = stackOfServer(server);
        Chosen chosen = chosen(() -> server.snapshots(Optional.of(stack)));
        RemoteServer.Restoring wanted = new RemoteServer.Restoring(
                server.snapshot(stack, chosen.snapshot()), chosen.parts(), places, overwrite, database.choice());
        return dryRun ? server.plan(wanted) : running(run -> server.restore(wanted, confirmation(yes), run));
    }

    private record Chosen(String snapshot, List<String> parts) {}

    /** What the command line says, or a person picks from the lists where it says nothing. */
    private Chosen chosen(Supplier<SnapshotsResult> listing) {
        boolean asks = snapshot == null && cli.terminal().person().present() && !yes && !json;
        List<Snapshot> snapshots = asks ? listing.get().snapshots() : List.of();
        if (snapshots.isEmpty()) {
            return new Chosen(snapshot == null ? SnapshotSelector.LATEST : snapshot, parts);
        }
        Menu menu = new Menu(cli.terminal(), cli.zone());
        Snapshot picked = menu.snapshot(snapshots);
        boolean named =
                !parts.isEmpty() || !places.isEmpty() || database.choice().isPartial();
        return new Chosen(picked.id().text(), named ? parts : menu.parts(picked));
    }
}
