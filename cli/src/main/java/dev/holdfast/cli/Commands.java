package dev.holdfast.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/** The tree of commands. Only the one that is asked for is made: reading annotations costs more than most commands do. */
final class Commands {
    private static final Map<String, Function<Cli, CliCommand>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("init", InitCommand::new);
        ALL.put("doctor", DoctorCommand::new);
        ALL.put("backup", BackupCommand::new);
        ALL.put("snapshots", SnapshotsCommand::new);
        ALL.put("show", ShowCommand::new);
        ALL.put("restore", RestoreCommand::new);
        ALL.put("compare", CompareCommand::new);
        ALL.put("export", ExportCommand::new);
        ALL.put("exports", ExportsCommand::new);
        ALL.put("adopt", AdoptCommand::new);
        ALL.put("import", ImportCommand::new);
        ALL.put("verify", VerifyCommand::new);
        ALL.put("check", CheckCommand::new);
        ALL.put("sync", SyncCommand::new);
        ALL.put("pin", PinCommand::new);
        ALL.put("forget", ForgetCommand::new);
        ALL.put("prune", PruneCommand::new);
        ALL.put("unlock", UnlockCommand::new);
        ALL.put("serve", ServeCommand::new);
        ALL.put("up", UpCommand::new);
        ALL.put("down", DownCommand::new);
        ALL.put("now", NowCommand::new);
        ALL.put("list", ListCommand::new);
        ALL.put("restore-latest", RestoreLatestCommand::new);
        ALL.put("runs", RunsCommand::new);
        ALL.put("incidents", IncidentsCommand::new);
        ALL.put("cancel", CancelCommand::new);
        ALL.put("logs", LogsCommand::new);
        ALL.put("recovery-code", RecoveryCodeCommand::new);
        ALL.put("retention", RetentionCommand::new);
        ALL.put("storage", StorageCommand::new);
        ALL.put("schedule", ScheduleCommand::new);
        ALL.put("demo", DemoCommand::new);
        ALL.put("version", VersionCommand::new);
    }

    private Commands() {}

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** The command line for these arguments. */
    static CommandLine forArguments(Cli cli, List<String> arguments) {
        CommandLine line = new CommandLine(new Root());
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        ALL.forEach((name, make) -> {
            if (name.equals(first) || !ALL.containsKey(first)) {
                line.addSubcommand(name, make.apply(cli));
            }
        });
        line.setColorScheme(CommandLine.Help.defaultColorScheme(cli.terminal().outColour() ? Ansi.ON : Ansi.OFF));
        line.setOut(new PrintWriter(cli.terminal().out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(cli.terminal().err(), true, StandardCharsets.UTF_8));
        line.getSubcommands().values().forEach(Commands::escapeNothing);
        return line;
    }

    /** Examples stand in the help as they are typed: ${NAME} is not to be replaced. */
    private static void escapeNothing(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        command.setInterpolateVariables(false);
        usage.autoWidth(false).width(100);
    }

    @Command(
            name = "holdfast",
            description = "Backs up databases, buckets and directories together, and proves that they restore.",
            synopsisHeading = "Usage: ",
            customSynopsis = "holdfast COMMAND [OPTIONS]",
            descriptionHeading = "%n",
            commandListHeading = "%nCommands:%n",
            optionListHeading = "%nOptions:%n",
            sortOptions = false,
            usageHelpWidth = 100,
            footer = {
                "",
                "'holdfast COMMAND --help' explains a command, with examples. 'holdfast demo' shows all of it.",
                "",
                "Exit codes:",
                "    0  done, and everything is as it should be",
                "    2  the command line cannot be understood",
                "    3  done, but something needs attention: a destination is behind, a file changed while read",
                "   10  stack file invalid     11  stack file missing      12  secret missing",
                "   20  repository missing     21  wrong key               22  repository exists already",
                "   23  repository too new     24  damaged                 25  repository busy",
                "   26  snapshot missing       27  part missing            28  run was fenced off",
                "   30  store unavailable      31  store access denied     32  store full",
                "   33  store unsuitable       34  store object missing    35  store object exists",
                "   40  database unavailable   41  database access denied  42  database missing",
                "   43  database tool missing  44  database tool too old   45  table unreadable",
                "   46  table changed          47  database exists         48  database dump failed",
                "   49  database restore failed",
                "   50  bucket missing         51  bucket access denied    52  bucket unavailable",
                "   53  bucket not empty       54  object unreadable",
                "   60  file unreadable        61  directory missing       62  directory not empty",
                "   63  file unwritable",
                "   70  different              71  check failed",
                "   75  catalog unavailable    76  server unavailable      77  not signed in",
                "   78  forbidden              79  too many requests",
                "   80  cancelled              81  not confirmed           82  run missed",
                "   83  run abandoned          84  run stalled             85  hook failed",
                "   86  notification failed    87  unknown name            88  conflict",
                "   99  fault of Holdfast itself"
            })
    static final class Root implements Runnable {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        @Option(
                names = {"-V", "--version"},
                description = "Show the version.")
        boolean version;

        @Override
        public void run() {
            throw new AssertionError("answered by Main");
        }
    }
}
