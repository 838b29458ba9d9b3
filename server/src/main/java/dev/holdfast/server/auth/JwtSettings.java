package dev.holdfast.server.auth;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What JWTs of ours are like.
 *
 * @param issuer the claim {@code iss}, written and required
 * @param audience the claim {@code aud}, written and required
 * @param life of those issued here
 * @param shared a secret that others sign with too, at least 32 bytes; empty: keys of this server's own
 */
public record JwtSettings(String issuer, String audience, Duration life, Optional<Secret> shared) {
    public static final String SECRET = "HOLDFAST_JWT_SECRET";
    public static final String ISSUER = "HOLDFAST_JWT_ISSUER";
    public static final String AUDIENCE = "HOLDFAST_JWT_AUDIENCE";

    public static final JwtSettings DEFAULT =
            new JwtSettings("holdfast", "holdfast", Duration.ofMinutes(15), Optional.empty());

    /** RFC 7518, section 3.2: as long as the hash. */
    private static final int LEAST_SECRET_BYTES = 32;

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the secret is too short
     */
    public JwtSettings {
        shared.ifPresent(JwtSettings::check);
    }

    /** As the environment says, else the defaults. */
    public static JwtSettings from(Environment environment) {
        return new JwtSettings(
                environment.value(ISSUER).orElse(DEFAULT.issuer()),
                environment.value(AUDIENCE).orElse(DEFAULT.audience()),
                DEFAULT.life(),
                environment.secret(SECRET));
    }

    private static void check(Secret secret) {
        int bytes = secret.text().getBytes(StandardCharsets.UTF_8).length;
        if (bytes < LEAST_SECRET_BYTES) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    SECRET + " has " + bytes + " bytes, which can be guessed from one token",
                    "take at least " + LEAST_SECRET_BYTES + " random bytes, such as 'openssl rand -base64 48' gives.");
        }
    }
}
