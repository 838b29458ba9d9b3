package dev.holdfast.server.http;

import io.javalin.http.Context;

/** What every answer carries, so that a browser does nothing with it that nobody meant. */
final class SecurityHeaders {
    static final String NOTHING_LOADED =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
    private static final String HSTS = "max-age=31536000";

    private SecurityHeaders() {}

    /** A route may put another policy in place of the strictest one. */
    static void put(Context context, boolean tls) {
        context.header("Content-Security-Policy", NOTHING_LOADED)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
                .header("Cache-Control", "no-store");
        if (tls) {
            context.header("Strict-Transport-Security", HSTS);
        }
    }
}
