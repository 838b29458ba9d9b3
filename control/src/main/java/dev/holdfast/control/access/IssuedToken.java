package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;

/**
 * An API token that was just made.
 *
 * @param secret the token itself, to be shown once; it cannot be had again
 */
public record IssuedToken(ApiToken token, Secret secret) {}
