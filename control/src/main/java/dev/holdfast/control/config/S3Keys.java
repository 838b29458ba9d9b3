package dev.holdfast.control.config;

import java.util.Optional;

/**
 * Proves to an S3 server who asks.
 *
 * @param accessKey who asks
 * @param secretKey proves it
 * @param sessionToken goes with keys that are only lent
 */
public record S3Keys(Secret accessKey, Secret secretKey, Optional<Secret> sessionToken) {}
