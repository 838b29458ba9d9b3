package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.cli.service.Service;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.zero.ServiceSettings;
import dev.holdfast.control.config.zero.ZeroConfiguration;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.http.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "serve",
        header = "Runs the server: schedules, retention, notifications, REST API.",
        description = {
            "Runs the server until it is told to end. With stack files, or with nothing but the variables of a",
            "database: then it backs up at once and every night into a folder of this machine, with S3_ACCESS_KEY",
            "and its like also into a bucket, which it makes."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast serve",
            "  holdfast serve --stacks /etc/holdfast --port 8484",
            "  DATABASE_URL=postgresql://shop@db/shop holdfast serve",
            "  holdfast serve --bind 0.0.0.0 --tls-cert server.pem --tls-key server.key",
            "",
            "Exit codes: 0 it was told to end and did; 10 to 12 the configuration; 75 the catalog; 76 the port;",
            "88 another server has the state folder. All are listed by 'holdfast --help'."
        })
final class ServeCommand extends CliCommand {
    private static final long PAUSE_NANOS = 100_000_000;

    @Mixin
    ServeOptions options = new ServeOptions();

    ServeCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        StateFolder state = options.folder(cli).create();
        Logging.serving(state.logs(), options.structuredLogs(cli));
        Logger log = LoggerFactory.getLogger(ServeCommand.class);
        log.info("holdfast {} begins state={}", Version.text(), state.path());
        Shutdown.serving();
        try (Service service = Service.start(settings(state, log), ground())) {
            log.info("ready url={}", service.url());
            while (!cli.cancellation().requested()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            log.info("told to end");
        }
        log.info("ended");
        return new Ended();
    }

    private Service.Ground ground() {
        return new Service.Ground(
                cli.connectors(), cli.repositories(), cli.clock(), new SecureRandom(), cli.cancellation());
    }

    private Service.Settings settings(StateFolder state, Logger log) {
        MadeKeys keys = new MadeKeys(state, new SecureRandom());
        List<Path> files = files();
        if (files.isEmpty() && !options.stacks.isEmpty()) {
            log.warn("there is no stack file (*.yaml) in {}", String.join(", ", options.stacks));
        }
        ZeroConfiguration zero = ZeroStack.read(cli, state, true);
        Optional<StackConfig> stack = files.isEmpty() ? ofEnvironment(zero, log) : Optional.empty();
        if (!files.isEmpty()) {
            warnOfOwn(zero, log);
        }
        Environment keyed = keys.keyed(cli.environment());
        ServiceSettings service = zero.service();
        return new Service.Settings(
                state,
                options.address(cli),
                options.port(cli),
                options.tls(cli).map(tls -> new TlsFiles(tls.certificate(), tls.key())),
                keyed,
                files,
                stack,
                cli.folder(),
                service.zone(),
                service.backupOnStart(),
                service.waitForDatabase(),
                Version.text(),
                cli.environment().value("HOLDFAST_NAME").orElseGet(Composition::hostName));
    }

    /** Stack files that are named, or the usual one where it is there. */
    private List<Path> files() {
        if (!options.stacks.isEmpty()) {
            return options.stacks.stream()
                    .map(cli.folder()::resolve)
                    .flatMap(path -> inFolder(path).stream())
                    .toList();
        }
        Path usual = cli.folder()
                .resolve(file == null ? cli.environment().value(FILE_VARIABLE).orElse(USUAL_FILE) : file);
        boolean named = file != null || cli.environment().value(FILE_VARIABLE).isPresent();
        return named || Files.exists(usual) ? List.of(usual) : List.of();
    }

    private static List<Path> inFolder(Path path) {
        if (!Files.isDirectory(path)) {
            if (!Files.exists(path)) {
                throw new Missing(
                        ErrorCode.CONFIGURATION_MISSING,
                        "there is no '" + path + "'",
                        "name a stack file, or a folder of them.");
            }
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file ->
                            file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING, "'" + path + "' cannot be read", "look at its permissions.", e);
        }
    }

    /** Beside stack files other variables may be for whatever; those with our own name in front are for the server. */
    private static void warnOfOwn(ZeroConfiguration zero, Logger log) {
        zero.notes().stream()
                .filter(note -> note.kind() == ZeroConfiguration.Note.Kind.LOOK_ALIKE)
                .filter(note -> note.variable().startsWith("HOLDFAST_"))
                .forEach(note -> log.warn("{}", note.text()));
    }

    /** What the environment says, and a line in the log for whatever somebody should know of it. */
    private static Optional<StackConfig> ofEnvironment(ZeroConfiguration zero, Logger log) {
        zero.notes().forEach(note -> {
            if (note.kind() == ZeroConfiguration.Note.Kind.ALIAS) {
                log.info("{}", note.text());
            } else {
                log.warn("{}", note.text());
            }
        });
        Optional<StackConfig> stack = ZeroStack.of(zero);
        if (stack.isEmpty()) {
            log.info(
                    "no stack is described: neither by a file nor by DATABASE_URL or its like; one can be made by the API");
        }
        return stack;
    }

    /** There is nothing left to say. */
    private record Ended() implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            // the log has said it
        }

        @Override
        public void json(Json json) {
            json.field("ended", true);
        }
    }
}
