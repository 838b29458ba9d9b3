package dev.holdfast.control.config;

/** One source of a stack; the same records say where a part is restored to or compared with. */
public sealed interface SourceConfig permits PostgresConfig, BucketConfig, DirectoryConfig {
    /** Its name in the stack. */
    String name();

    /** {@code postgres}, {@code bucket} or {@code directory}. */
    String kind();
}
