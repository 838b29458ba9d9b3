package dev.holdfast.control.access;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of an API token; its text is not.
 *
 * @param label what its owner calls it
 * @param grant what it was given; what it may do now is at most what its owner may
 * @param expires never, if empty
 * @param used the last time, to the minute
 */
public record ApiToken(
        TokenId id,
        UserId owner,
        String label,
        Grant grant,
        Instant made,
        Optional<Instant> expires,
        Optional<Instant> used) {}
