package dev.holdfast.server.auth;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.ApiTokens;
import dev.holdfast.control.access.Principal;
import dev.holdfast.engine.error.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells who sends a request: by the header {@code Authorization: Bearer} (an API token, a JWT of ours, or an access token of the
 * identity provider), else by the session's cookie. A browser sends that by itself, so what changes something must then come
 * from our own pages. Safe for many threads.
 */
public final class Authenticator {
    private static final String BEARER = "bearer ";

    private final Access access;
    private final Jwts jwts;
    private final Optional<Oidc> provider;
    private final CrossSiteGuard guard;

    /**
     * @param provider the identity provider, if there is one
     */
    public Authenticator(Access access, Jwts jwts, Optional<Oidc> provider, CrossSiteGuard guard) {
        this.access = access;
        this.jwts = jwts;
        this.provider = provider;
        this.guard = guard;
    }

    /** Who sends a request. */
    public Identity identify(WebRequest request) {
        List<String> authorization = request.all("authorization");
        if (!authorization.isEmpty()) {
            return request.only("authorization")
                    .flatMap(this::bearer)
                    .<Identity>map(Identity.Known::new)
                    .orElse(Identity.Refused.CREDENTIAL);
        }
        return SessionCookie.in(request).map(secret -> browser(secret, request)).orElseGet(Identity.Nobody::new);
    }

    private Identity browser(String secret, WebRequest request) {
        if (!guard.admitsCookie(request)) {
            return new Identity.Refused(
                    ErrorCode.FORBIDDEN,
                    "the request does not come from a page of this server",
                    "if a proxy changes the host name, tell the server under which URL it is reached.");
        }
        return access.sessions()
                .principal(secret)
                .<Identity>map(Identity.Known::new)
                .orElse(Identity.Refused.CREDENTIAL);
    }

    private Optional<Principal> bearer(String header) {
        if (!header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return Optional.empty();
        }
        String token = header.substring(BEARER.length()).strip();
        return token.startsWith(ApiTokens.PREFIX)
                ? access.tokens().principal(token)
                : jwts.principal(token).or(() -> provider.flatMap(p -> p.bearer(token)));
    }
}
