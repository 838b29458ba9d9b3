package dev.holdfast.server.view;

import dev.holdfast.control.access.ApiToken;
import java.time.Instant;
import java.util.Optional;

/** What is known of an API token; its text is not. */
public record TokenView(
        String id,
        String owner,
        String label,
        GrantView grant,
        Instant made,
        Optional<Instant> expires,
        Optional<Instant> used) {
    public static TokenView of(ApiToken token) {
        return new TokenView(
                token.id().text(),
                token.owner().text(),
                token.label(),
                GrantView.of(token.grant()),
                token.made(),
                token.expires(),
                token.used());
    }
}
