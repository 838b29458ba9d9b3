package dev.holdfast.cli;

import dev.holdfast.control.operation.RestoreOperation;
import dev.holdfast.control.operation.SnapshotSelector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        header = "Brings a snapshot back, to its own place or another.",
        description = {
            "Brings a snapshot back: everything or some parts, to their own places or to others. Nothing that",
            "is there is replaced unless --overwrite is given and confirmed."
        },
        footer = {
            "",
            "A TARGET is, for a database, a name on the same server or a postgresql:// URL; for a bucket, a",
            "name on the same server or name/prefix; for a directory, a path.",
            "",
            "Examples:",
            "  holdfast restore",
            "  holdfast restore 01jd8x --part database --to database=shop_yesterday",
            "  holdfast restore latest --overwrite --yes",
            "  holdfast restore --repository /mnt/usb/shop --to database=postgresql://postgres@db/shop \\",
            "      --to media=shop-media --to uploads=/srv/shop/uploads",
            "",
            "Exit codes: 0 everything is restored; 3 it is, but something is not exactly as it was; 47, 53, 62",
            "the target is not empty; 81 --overwrite was not confirmed. All are listed by 'holdfast --help'."
        })
final class RestoreCommand extends RepositoryCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            description = "'latest' (if none is given), an id, or the beginning of one.")
    String snapshot = SnapshotSelector.LATEST;

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

    RestoreCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        RestoreOperation operation =
                new RestoreOperation(cli.connectors(), cli.repositories(), cli.environment(), cli.clock());
        RestoreOperation.Request request = new RestoreOperation.Request(choice(), snapshot, parts, places, overwrite);
        return new RestoreReport(running(run -> operation.run(request, confirmation(yes), run)));
    }
}
