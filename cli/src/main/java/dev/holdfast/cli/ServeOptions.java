package dev.holdfast.cli;

import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a server is to be: the same for {@code serve} and {@code up}. */
final class ServeOptions {
    static final String PORT_VARIABLE = "HOLDFAST_PORT";
    static final String BIND_VARIABLE = "HOLDFAST_BIND";
    static final int USUAL_PORT = 8484;
    private static final String USUAL_ADDRESS = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            order = 1,
            description = "Where to listen; otherwise $HOLDFAST_PORT, otherwise 8484; 0 for any that is free.")
    @Nullable
    Integer port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            order = 2,
            description =
                    "Which address to listen on; otherwise $HOLDFAST_BIND, otherwise 127.0.0.1, this machine alone.")
    @Nullable
    String bind;

    @Option(
            names = "--stacks",
            paramLabel = "FILE|DIR",
            order = 3,
            arity = "1..*",
            description = "Stack files, or folders of them; otherwise --file, $HOLDFAST_FILE or ./holdfast.yaml where"
                    + " it is there, and otherwise what DATABASE_URL, POSTGRES_* and S3_* describe.")
    List<String> stacks = new ArrayList<>();

    @Option(names = "--tls-cert", paramLabel = "FILE", order = 4, description = "The certificate and its chain, PEM.")
    @Nullable
    String certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", order = 5, description = "Its key, PEM.")
    @Nullable
    String key;

    @Option(
            names = "--log-format",
            paramLabel = "plain|json",
            order = 6,
            description = "How to log; otherwise $HOLDFAST_LOG_FORMAT, otherwise plain.")
    @Nullable
    String logFormat;

    @Mixin
    StateOption state = new StateOption();

    /**
     * @param certificate PEM, with its chain
     * @param key PEM
     */
    record Tls(Path certificate, Path key) {}

    int port(Cli cli) {
        if (port != null) {
            return checked(port, "--port");
        }
        return cli.environment()
                .value(PORT_VARIABLE)
                .map(ServeOptions::number)
                .map(number -> checked(number, PORT_VARIABLE))
                .orElse(USUAL_PORT);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int checked(int port, String said) {
        if (port < 0 || port > 65_535) {
            throw new Invalid(ErrorCode.USAGE, said + " is not a port", "name one from 1 to 65535, or 0 for any.");
        }
        return port;
    }

    String address(Cli cli) {
        return Optional.ofNullable(bind)
                .or(() -> cli.environment().value(BIND_VARIABLE))
                .orElse(USUAL_ADDRESS);
    }

    Optional<Tls> tls(Cli cli) {
        if ((certificate == null) != (key == null)) {
            throw new Invalid(
                    ErrorCode.USAGE, "--tls-cert and --tls-key go together", "name both files, or neither of them.");
        }
        return certificate == null || key == null
                ? Optional.empty()
                : Optional.of(
                        new Tls(cli.folder().resolve(certificate), cli.folder().resolve(key)));
    }

    boolean structuredLogs(Cli cli) {
        String format = Optional.ofNullable(logFormat)
                .or(() -> cli.environment().value("HOLDFAST_LOG_FORMAT"))
                .orElse("plain");
        return switch (format) {
            case "plain" -> false;
            case "json" -> true;
            default ->
                throw new Invalid(ErrorCode.USAGE, "there is no log format '" + format + "'", "say plain or json.");
        };
    }

    StateFolder folder(Cli cli) {
        return state.folder(cli);
    }

    /** The same as arguments, with paths that mean the same in any folder. */
    List<String> arguments(Cli cli, @Nullable String file) {
        List<String> all = new ArrayList<>(List.of(
                "--port",
                Integer.toString(port(cli)),
                "--bind",
                address(cli),
                "--state",
                folder(cli).path().toString()));
        stacks.forEach(
                one -> all.addAll(List.of("--stacks", cli.folder().resolve(one).toString())));
        tls(cli).ifPresent(tls -> all.addAll(List.of(
                "--tls-cert",
                tls.certificate().toString(),
                "--tls-key",
                tls.key().toString())));
        all.addAll(List.of("--log-format", structuredLogs(cli) ? "json" : "plain"));
        if (file != null) {
            all.addAll(List.of("--file", cli.folder().resolve(file).toString()));
        }
        return all;
    }
}
