package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import java.util.Optional;

/**
 * A user to be made.
 *
 * @param name 1 to 64 of ASCII letters, digits and {@code . _ @ + -}, beginning with a letter or digit
 * @param password none: the user cannot sign in, but may own tokens
 */
public record NewUser(String name, Optional<Secret> password, Grant grant) {}
