package dev.holdfast.control.config;

import java.nio.file.Path;

/**
 * A folder of this machine as a destination.
 *
 * @param name its name
 * @param path the folder, absolute
 */
public record LocalConfig(String name, Path path) implements DestinationConfig {}
