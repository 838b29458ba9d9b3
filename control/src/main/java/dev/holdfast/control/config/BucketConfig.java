package dev.holdfast.control.config;

/**
 * A bucket, or the objects in it whose keys begin with a prefix.
 *
 * @param name its name in the stack
 * @param place where it is
 */
public record BucketConfig(String name, S3Place place) implements SourceConfig {
    public static final String KIND = "bucket";

    @Override
    public String kind() {
        return KIND;
    }
}
