package dev.holdfast.server.view;

import dev.holdfast.control.access.Origin;
import dev.holdfast.control.access.User;
import java.time.Instant;
import java.util.Optional;

/** A user. */
public record UserView(
        String id,
        String name,
        GrantView grant,
        boolean enabled,
        boolean hasPassword,
        String origin,
        Optional<String> issuer,
        Instant made,
        Optional<Instant> signedIn) {
    public static UserView of(User user) {
        Optional<String> issuer = switch (user.origin()) {
            case Origin.Own _ -> Optional.empty();
            case Origin.Provider provider -> Optional.of(provider.issuer());
        };
        return new UserView(
                user.id().text(),
                user.name(),
                GrantView.of(user.grant()),
                user.enabled(),
                user.hasPassword(),
                issuer.isPresent() ? "provider" : "own",
                issuer,
                user.made(),
                user.signedIn());
    }
}
