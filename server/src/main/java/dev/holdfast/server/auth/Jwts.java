package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.TokenId;
import dev.holdfast.control.access.User;
import dev.holdfast.control.access.UserId;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JWTs of ours, for those who want one: signed with HS256 and nothing else, short-lived, and worth nothing once the user's
 * token version has changed, the user may not get in, or the API token they were made for is gone. What they permit is looked
 * up when they are used. Safe for many threads.
 */
public final class Jwts {
    private static final JWSAlgorithm ALGORITHM = JWSAlgorithm.HS256;
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final int LONGEST = 8192;
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

    /** Which version of the user's tokens this is. */
    private static final String VERSION = "ver";

    /** The API token it was issued for. */
    private static final String TOKEN = "tid";

    private final Access access;
    private final JwtSettings settings;
    private final JwtKeys keys;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public Jwts(Access access, JwtSettings settings, JwtKeys keys, InstantSource clock) {
        this.access = access;
        this.settings = settings;
        this.keys = keys;
        this.clock = clock;
    }

    /** A JWT for a user who just signed in. */
    public IssuedJwt issue(User user) {
        return sign(user, Optional.empty());
    }

    /**
     * A JWT for somebody who is signed in or uses an API token; then it permits what the token does, and ends with it.
     *
     * @throws AccessDenied (FORBIDDEN) if it would be made by another JWT, which could so be prolonged for ever
     */
    public IssuedJwt issue(Principal principal) {
        return switch (principal.credential()) {
            case Credential.OfSession _, Credential.OfToken _ ->
                sign(access.users().find(principal.user()).orElseThrow(Jwts::refused), principal.token());
            case Credential.OfJwt _, Credential.OfProvider _ -> throw refused();
        };
    }

    private static AccessDenied refused() {
        return new AccessDenied(
                ErrorCode.FORBIDDEN, "a JWT cannot make another", "ask with a password, a session or an API token.");
    }

    private IssuedJwt sign(User user, Optional<TokenId> token) {
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        Instant expires = now.plus(settings.life());
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(settings.issuer())
                .audience(settings.audience())
                .subject(user.id().text())
                .claim("name", user.name())
                .claim(VERSION, user.tokenVersion())
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(expires))
                .jwtID(randomId());
        token.ifPresent(id -> claims.claim(TOKEN, id.text()));
        return new IssuedJwt(new Secret(signed(claims.build())), expires);
    }

    private String randomId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private String signed(JWTClaimsSet claims) {
        JwtKey key = keys.signing();
        JWSHeader header = new JWSHeader.Builder(ALGORITHM)
                .type(JOSEObjectType.JWT)
                .keyID(key.kid())
                .build();
        SignedJWT jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(new MACSigner(key.secret()));
        } catch (JOSEException e) {
            throw new IllegalStateException("keys are long enough for HS256", e);
        }
        return jwt.serialize();
    }

    /** Who a JWT stands for; empty if anything about it is not as it must be. */
    Optional<Principal> principal(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(text);
            Optional<JwtKey> key = keyOf(jwt.getHeader());
            return key.isPresent()
                            && jwt.verify(new MACVerifier(key.orElseThrow().secret()))
                    ? principal(jwt.getJWTClaimsSet(), key.orElseThrow())
                    : Optional.empty();
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Optional.empty(); // not a JWT, or not one of ours
        }
    }

    /** The algorithm is ours to choose, not the token's. */
    private Optional<JwtKey> keyOf(JWSHeader header) {
        boolean plain = ALGORITHM.equals(header.getAlgorithm())
                && (header.getType() == null
                        || TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT)))
                && header.getCriticalParams() == null
                && header.isBase64URLEncodePayload();
        return plain ? keys.verifying(header.getKeyID()) : Optional.empty();
    }

    private Optional<Principal> principal(JWTClaimsSet claims, JwtKey key) throws ParseException {
        if (!settings.issuer().equals(claims.getIssuer())
                || !claims.getAudience().contains(settings.audience())
                || claims.getSubject() == null
                || !isNow(claims)) {
            return Optional.empty();
        }
        Optional<Long> version = Optional.ofNullable(claims.getLongClaim(VERSION));
        Optional<TokenId> token =
                Optional.ofNullable(claims.getStringClaim(TOKEN)).map(TokenId::new);
        return user(claims.getSubject(), key)
                .filter(User::enabled)
                .filter(user -> version.map(v -> v == user.tokenVersion()).orElse(key.shared()))
                .flatMap(user -> principal(user, token));
    }

    /** Those who share the secret know users by name. */
    private Optional<User> user(String subject, JwtKey key) {
        Optional<UserId> id = UserId.parse(subject);
        return id.isPresent() || !key.shared()
                ? id.flatMap(access.users()::find)
                : access.users().named(subject);
    }

    private Optional<Principal> principal(User user, Optional<TokenId> token) {
        Credential.OfJwt credential = new Credential.OfJwt(token);
        return token.isEmpty()
                ? Optional.of(new Principal(user.id(), user.name(), user.grant(), credential))
                : access.tokens()
                        .principal(token.orElseThrow())
                        .filter(owner -> owner.user().equals(user.id()))
                        .map(owner -> new Principal(user.id(), user.name(), owner.grant(), credential));
    }

    private boolean isNow(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        return expires != null
                && now.isBefore(expires.toInstant().plus(SKEW))
                && !expires.toInstant().isAfter(now.plus(JwtKeys.LONGEST_LIFE).plus(SKEW))
                && isPast(claims.getNotBeforeTime(), now)
                && isPast(claims.getIssueTime(), now);
    }

    private static boolean isPast(@Nullable Date time, Instant now) {
        return time == null || !time.toInstant().isAfter(now.plus(SKEW));
    }
}
