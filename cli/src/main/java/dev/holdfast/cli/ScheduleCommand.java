package dev.holdfast.cli;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "schedule",
        header = "Has systemd or cron start backups.",
        description = {
            "For machines on which no server runs: shows a systemd service with its timer, or a cron line, that",
            "starts 'holdfast backup' every day. With --write they are put where they belong; a file that is there",
            "already and says something else is only replaced with --overwrite. The server has a scheduler of its",
            "own and needs none of this."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast schedule install --systemd",
            "  holdfast schedule install --systemd --at 03:30 --write",
            "  holdfast schedule install --cron --file /etc/holdfast.yaml --user backup",
            "",
            "Exit codes: 0 done; 63 a file is there already, or cannot be written. All are listed by",
            "'holdfast --help'."
        })
final class ScheduleCommand extends CliCommand {
    private static final Path UNITS = Path.of("/etc/systemd/system");
    private static final Path CRON = Path.of("/etc/cron.d");

    /** What is to be done. */
    enum Action {
        install
    }

    @Parameters(paramLabel = "install", description = "What to do.")
    Action action = Action.install;

    @ArgGroup(multiplicity = "1")
    Kind kind = new Kind();

    /** Who starts the backups. */
    static final class Kind {
        @Option(names = "--systemd", description = "A service and a timer.", required = true)
        boolean systemd;

        @Option(names = "--cron", description = "A line of cron.", required = true)
        boolean cron;
    }

    @Option(
            names = "--at",
            paramLabel = "HH:MM",
            description = "When, in this machine's time; 02:00 if nothing is said.")
    String at = "02:00";

    @Option(names = "--user", paramLabel = "NAME", description = "Who runs it; root if nobody is named.")
    String user = "root";

    @Option(names = "--write", description = "Write the files instead of showing them.")
    boolean write;

    @Option(names = "--overwrite", description = "Replace files that are there and say something else.")
    boolean overwrite;

    @Option(names = "--folder", paramLabel = "DIR", hidden = true, description = "Where to write.")
    @Nullable
    String folder;

    ScheduleCommand(Cli cli) {
        super(cli);
    }

    /**
     * A file to write.
     *
     * @param path where it belongs
     * @param text what it says
     */
    record Written(Path path, String text) {}

    @Override
    Report perform() {
        LocalTime time = time();
        if (!user.matches("[a-zA-Z_][a-zA-Z0-9_.-]*")) {
            throw new Invalid(ErrorCode.USAGE, "'" + user + "' is not the name of a user", "");
        }
        List<Written> files = kind.systemd ? units(time) : cron(time);
        if (write) {
            files.forEach(this::refuseOther);
            files.forEach(ScheduleCommand::write);
        }
        return new ScheduleReport(files, write, kind.systemd);
    }

    private LocalTime time() {
        try {
            return LocalTime.parse(at.length() == 4 ? "0" + at : at);
        } catch (DateTimeException e) {
            throw new Invalid(ErrorCode.USAGE, "'" + at + "' is not a time of day", "write it like 02:00.", e);
        }
    }

    private String command() {
        String launcher = cli.environment()
                .value(UpCommand.LAUNCHER_VARIABLE)
                .orElseThrow(() -> new Missing(
                        ErrorCode.CONFIGURATION_MISSING,
                        "the program's own launcher is not known",
                        "start 'holdfast schedule' by the program 'holdfast' of the distribution."));
        String named = Optional.ofNullable(file)
                .or(() -> cli.environment().value(FILE_VARIABLE))
                .orElse(USUAL_FILE);
        return plain(launcher) + " backup --quiet --file "
                + plain(cli.folder().resolve(named).normalize().toString());
    }

    /** Neither cron nor systemd quotes as a shell does; a path that would need it is refused. */
    private static String plain(String path) {
        if (!path.matches("[a-zA-Z0-9_./+@,:=-]+")) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + path + "' has characters that systemd and cron read in ways of their own",
                    "put the program and the stack file at paths of letters, digits, '_', '.', '-'.");
        }
        return path;
    }

    private Path in(Path usual) {
        return folder == null ? usual : cli.folder().resolve(folder);
    }

    private List<Written> units(LocalTime time) {
        String service = """
                [Unit]
                Description=A backup with Holdfast
                After=network-online.target
                Wants=network-online.target

                [Service]
                Type=oneshot
                User=%s
                # passphrase and other secrets, one NAME=value a line, mode 600
                EnvironmentFile=-/etc/holdfast/environment
                ExecStart=%s
                # 3: done, but somebody should look
                SuccessExitStatus=3
                UMask=0077
                NoNewPrivileges=yes
                """.formatted(user, command());
        String timer = """
                [Unit]
                Description=Backups with Holdfast, daily

                [Timer]
                OnCalendar=*-*-* %02d:%02d:00
                # one that was missed is made up for
                Persistent=true

                [Install]
                WantedBy=timers.target
                """.formatted(time.getHour(), time.getMinute());
        return List.of(
                new Written(in(UNITS).resolve("holdfast-backup.service"), service),
                new Written(in(UNITS).resolve("holdfast-backup.timer"), timer));
    }

    private List<Written> cron(LocalTime time) {
        String text = """
                # Backups with Holdfast, daily. Secrets: passphrase-file and the like in the stack file.
                %d %d * * * %s %s
                """.formatted(time.getMinute(), time.getHour(), user, command());
        return List.of(new Written(in(CRON).resolve("holdfast"), text));
    }

    private void refuseOther(Written file) {
        try {
            if (!overwrite
                    && Files.exists(file.path())
                    && !Files.readString(file.path()).equals(file.text())) {
                throw new AlreadyExists(
                        ErrorCode.FILE_UNWRITABLE,
                        "'" + file.path() + "' is there already and says something else",
                        "look at it, and add --overwrite to replace it.");
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static void write(Written file) {
        try {
            Files.writeString(file.path(), file.text());
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static Failed unwritable(Written file, IOException cause) {
        return new Failed(
                ErrorCode.FILE_UNWRITABLE,
                "'" + file.path() + "' cannot be written",
                "run it as root, or leave out --write and put the text there yourself.",
                cause);
    }

    /**
     * @param written whether the files are there now, rather than shown
     * @param systemd whether they are units
     */
    record ScheduleReport(List<Written> files, boolean written, boolean systemd) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            for (Written file : files) {
                if (written) {
                    page.good("Wrote " + file.path());
                } else {
                    page.heading("# " + file.path());
                    file.text().lines().forEach(page::line);
                    page.blank();
                }
            }
            if (systemd) {
                page.line((written ? "Now run" : "Once they are there, run")
                        + ": systemctl daemon-reload && systemctl enable --now holdfast-backup.timer");
            }
        }

        @Override
        public void json(Json json) {
            json.field("written", written)
                    .objects(
                            "files",
                            new ArrayList<>(files),
                            (Written file) ->
                                    json.field("path", file.path().toString()).field("text", file.text()));
        }
    }
}
