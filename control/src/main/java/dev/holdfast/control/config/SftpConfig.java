package dev.holdfast.control.config;

/**
 * A directory of another server as a destination.
 *
 * @param name its name
 * @param folder where it is
 */
public record SftpConfig(String name, SftpFolder folder) implements DestinationConfig {}
