package dev.holdfast.server.view;

import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.User;

/** Who asks, and what they may do. */
public record SessionView(String user, String name, GrantView grant) {
    public static SessionView of(Principal principal) {
        return new SessionView(principal.user().text(), principal.name(), GrantView.of(principal.grant()));
    }

    public static SessionView of(User user) {
        return new SessionView(user.id().text(), user.name(), GrantView.of(user.grant()));
    }
}
