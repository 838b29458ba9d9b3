package dev.holdfast.server.http;

import io.javalin.security.RouteRole;
import java.util.Locale;

/** Who may call a route, from the least to the most. */
public enum Admission implements RouteRole {
    /** Everybody, without a credential. */
    ANYONE,
    /** Whoever may watch: a viewer, or the one that knows the token of the metrics. */
    WATCHER,
    /** Whoever may look at things. */
    VIEWER,
    /** Whoever may start things. */
    OPERATOR,
    /** Whoever may change things. */
    ADMIN;

    /** As the contract writes it, in {@code x-role}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
