package dev.holdfast.server.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that JWTs are signed with.
 *
 * @param kid names the key in a token's header
 * @param secret at least 32 bytes
 * @param shared whether others sign with it too
 * @param retired since when it only verifies
 */
record JwtKey(String kid, byte[] secret, boolean shared, Instant made, Optional<Instant> retired) {
    @Override
    public String toString() {
        return "JwtKey[" + kid + "]";
    }
}
