package dev.holdfast.control.config;

/** One place that holds a copy of the repository. */
public sealed interface DestinationConfig permits LocalConfig, S3Config, SftpConfig {
    /** Its name in the stack file. */
    String name();
}
