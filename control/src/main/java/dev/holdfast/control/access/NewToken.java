package dev.holdfast.control.access;

import java.time.Instant;
import java.util.Optional;

/**
 * An API token to be made.
 *
 * @param owner whose rights bound it
 * @param label 1 to 100 characters
 * @param expires never, if empty
 */
public record NewToken(UserId owner, String label, Grant grant, Optional<Instant> expires) {}
