package dev.holdfast.server.auth;

import dev.holdfast.control.access.OpenedSession;
import java.time.Duration;
import java.util.Optional;

/** The cookie that holds a browser's session. */
public final class SessionCookie {
    // the dashboard's page is the same for everybody, so nothing is lost when a link from elsewhere comes without the
    // cookie
    private static final Cookie COOKIE = new Cookie("holdfast-session", "Strict");

    private SessionCookie() {}

    /**
     * The header {@code Set-Cookie} that begins a session.
     *
     * @param life how long the browser keeps it; the server may end it earlier
     * @param secure see {@link WebRequest#secure()}
     */
    public static String set(OpenedSession opened, Duration life, boolean secure) {
        return COOKIE.set(opened.secret().text(), life, secure);
    }

    /** The header {@code Set-Cookie} that ends it. */
    public static String clear(boolean secure) {
        return COOKIE.clear(secure);
    }

    static Optional<String> in(WebRequest request) {
        return COOKIE.in(request);
    }
}
