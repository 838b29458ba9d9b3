package dev.holdfast.server.routes;

import dev.holdfast.server.auth.CrossSiteGuard;
import dev.holdfast.server.auth.Jwts;
import dev.holdfast.server.auth.Oidc;
import java.util.Optional;

/**
 * How people get in.
 *
 * @param provider the identity provider, if there is one
 */
public record SignInWays(Jwts jwts, Optional<Oidc> provider, CrossSiteGuard guard) {}
