package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerClient;
import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that can ask a server instead of doing the work themselves. */
final class RemoteOptions {
    static final String SERVER_VARIABLE = "HOLDFAST_SERVER";
    static final String TOKEN_VARIABLE = "HOLDFAST_TOKEN";
    static final String CERTIFICATE_VARIABLE = "HOLDFAST_SERVER_CERTIFICATE";

    @Option(
            names = "--server",
            paramLabel = "URL",
            order = 95,
            description =
                    "Ask this server, like https://backup.example.org:8484; otherwise $HOLDFAST_SERVER. A file with"
                            + " the certificates to trust, its own or its authority's: $HOLDFAST_SERVER_CERTIFICATE.")
    @Nullable
    String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            order = 96,
            description = "An API token for it; better in $HOLDFAST_TOKEN or in the file $HOLDFAST_TOKEN_FILE, where"
                    + " other users of this machine do not see it.")
    @Nullable
    String token;

    /**
     * The server that is meant, if one is.
     *
     * @param localSaid whether the command line says where the repository or the stack file is
     */
    Optional<ServerPlace> place(Cli cli, boolean localSaid) {
        if (server != null && localSaid) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--server says that a server does it, and --file or --repository that this machine does",
                    "leave one of them out.");
        }
        Optional<String> named =
                Optional.ofNullable(server).or(() -> localSaid ? Optional.empty() : variable(cli, SERVER_VARIABLE));
        return named.map(url -> ServerPlace.of(
                url,
                Optional.ofNullable(token)
                        .map(Secret::new)
                        .or(() -> cli.environment().secret(TOKEN_VARIABLE)),
                variable(cli, CERTIFICATE_VARIABLE).map(Path::of).map(cli.folder()::resolve)));
    }

    /** Whether the command line says that a server does it. */
    boolean isNamed() {
        return server != null;
    }

    /** The server named, or that of this machine where nothing else says what is meant. */
    Optional<ServerPlace> placeOrOwn(CliCommand command, boolean localSaid) {
        return place(command.cli, localSaid)
                .or(() -> localSaid || command.isDescribed()
                        ? Optional.empty()
                        : LocalServer.place(command.stateFolder()));
    }

    private static Optional<String> variable(Cli cli, String name) {
        return cli.environment().value(name);
    }

    /** Asks a server. */
    static <T> T ask(Cli cli, ServerPlace place, Function<RemoteServer, T> question) {
        if (place.isExposed() && place.token().isPresent()) {
            cli.terminal().err().println("warning: the token goes to " + place.url() + " unencrypted");
        }
        try (ServerClient client = new ServerClient(place)) {
            return question.apply(new RemoteServer(client));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new Failed(
                    ErrorCode.SERVER_UNAVAILABLE,
                    "what " + place.url() + " answers cannot be understood: " + e.getMessage(),
                    "it may be a server of another version; this one is " + Version.text() + ".",
                    e);
        }
    }
}
