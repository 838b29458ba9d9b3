package dev.holdfast.server.auth;

import dev.holdfast.control.config.Secret;
import java.time.Instant;

/**
 * A JWT that was just signed.
 *
 * @param token in compact form
 */
public record IssuedJwt(Secret token, Instant expires) {}
