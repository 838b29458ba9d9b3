package dev.holdfast.cli.service;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.IssuedToken;
import dev.holdfast.control.access.NewToken;
import dev.holdfast.control.access.NewUser;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.PrivateFile;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What commands of this machine show to the server: an API token of an operator without a password, in a file of the state folder
 * with mode 600. A new one each time the server starts; the one before is good no longer.
 */
final class LocalToken {
    /** Whose name stands at what commands of a server's own machine asked for. */
    private static final String USER = "local-commands";

    private LocalToken() {}

    static void renew(Access access, StateFolder state) {
        User user = access.users()
                .named(USER)
                .orElseGet(() ->
                        access.users().create(new NewUser(USER, Optional.empty(), Grant.everywhere(Role.OPERATOR))));
        revoke(access, state.token());
        Principal itself = new Principal(user.id(), user.name(), user.grant(), new Credential.OfJwt(Optional.empty()));
        IssuedToken issued = access.tokens()
                .issue(itself, new NewToken(user.id(), "commands of this machine", user.grant(), Optional.empty()));
        new PrivateFile(state.token()).write(issued.secret().text() + "\n");
    }

    private static void revoke(Access access, Path file) {
        read(file).flatMap(access.tokens()::principal).flatMap(Principal::token).ifPresent(access.tokens()::revoke);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
