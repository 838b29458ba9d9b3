package dev.holdfast.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tokens that an identity provider signed. Only public-key signatures count: nothing here could make one. */
final class ProviderTokens {
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final int LONGEST = 64 << 10;

    private final String issuer;
    private final ProviderKeys keys;
    private final InstantSource clock;

    ProviderTokens(String issuer, ProviderKeys keys, InstantSource clock) {
        this.issuer = issuer;
        this.keys = keys;
        this.clock = clock;
    }

    /** What a token says and what it is. */
    record Verified(JWTClaimsSet claims, JWSHeader header) {}

    /** A token did not hold; the message says why, for the audit trail. */
    static final class Unsound extends Exception {
        private static final long serialVersionUID = 1L;

        Unsound(String message) {
            super(message);
        }
    }

    /** A token of this provider that is signed, of now, and for this audience. */
    Verified verify(String text, String audience) throws Unsound {
        try {
            return verify(SignedJWT.parse(shortEnough(text)), audience);
        } catch (ParseException e) {
            throw new Unsound("it is not a signed token");
        }
    }

    private static String shortEnough(String text) throws Unsound {
        if (text.length() > LONGEST) {
            throw new Unsound("it is too long");
        }
        return text;
    }

    private Verified verify(SignedJWT jwt, String audience) throws Unsound, ParseException {
        JWSHeader header = jwt.getHeader();
        if (!ALGORITHMS.contains(header.getAlgorithm()) || header.getCriticalParams() != null) {
            throw new Unsound("its algorithm is not allowed");
        }
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        if (!issuer.equals(claims.getIssuer())) {
            throw new Unsound("another provider issued it"); // before its keys are looked for
        }
        JWK key = keys.key(header).orElseThrow(() -> new Unsound("its key is not one of the provider's"));
        if (!isSigned(jwt, key)) {
            throw new Unsound("its signature is wrong");
        }
        checkAudience(claims, audience);
        checkTimes(claims);
        if (claims.getSubject() == null || claims.getSubject().isEmpty()) {
            throw new Unsound("it names nobody");
        }
        return new Verified(claims, header);
    }

    private static boolean isSigned(SignedJWT jwt, JWK key) {
        try {
            return jwt.verify(new DefaultJWSVerifierFactory()
                    .createJWSVerifier(jwt.getHeader(), ((AsymmetricJWK) key).toPublicKey()));
        } catch (JOSEException e) {
            return false; // the key is of a kind that the algorithm does not take
        }
    }

    private static void checkAudience(JWTClaimsSet claims, String audience) throws Unsound {
        List<String> audiences = claims.getAudience();
        if (!audiences.contains(audience)) {
            throw new Unsound("it is made for another audience");
        }
    }

    private void checkTimes(JWTClaimsSet claims) throws Unsound {
        Instant now = clock.instant();
        if (claims.getExpirationTime() == null
                || !now.isBefore(claims.getExpirationTime().toInstant().plus(SKEW))) {
            throw new Unsound("it has expired");
        }
        if (isFuture(claims.getNotBeforeTime(), now) || isFuture(claims.getIssueTime(), now)) {
            throw new Unsound("it is of the future");
        }
    }

    private static boolean isFuture(@Nullable Date time, Instant now) {
        return time != null && time.toInstant().isAfter(now.plus(SKEW));
    }
}
