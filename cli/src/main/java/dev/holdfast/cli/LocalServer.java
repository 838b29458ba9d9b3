package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.cli.service.ServerProcess;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** The server that runs on this machine, if one does and this user may ask it. */
final class LocalServer {
    private LocalServer() {}

    static Optional<ServerPlace> place(StateFolder state) {
        return ServerProcess.running(state)
                .filter(ServerProcess::ready)
                .flatMap(process -> token(state)
                        .map(token -> new ServerPlace(process.url(), Optional.of(token), process.certificate())));
    }

    private static Optional<Secret> token(StateFolder state) {
        try {
            return Optional.of(Files.readString(state.token()).strip())
                    .filter(text -> !text.isEmpty())
                    .map(Secret::new);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
