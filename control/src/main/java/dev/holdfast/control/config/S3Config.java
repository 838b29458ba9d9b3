package dev.holdfast.control.config;

/**
 * A bucket as a destination.
 *
 * @param name its name
 * @param place where it is
 */
public record S3Config(String name, S3Place place) implements DestinationConfig {}
