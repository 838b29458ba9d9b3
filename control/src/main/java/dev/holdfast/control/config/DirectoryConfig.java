package dev.holdfast.control.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A directory with everything below it.
 *
 * @param name its name in the stack
 * @param path the directory, absolute
 * @param exclude patterns of what is left out, as in a {@code .gitignore}
 */
public record DirectoryConfig(String name, Path path, List<String> exclude) implements SourceConfig {
    public static final String KIND = "directory";

    public DirectoryConfig {
        exclude = List.copyOf(exclude);
    }

    @Override
    public String kind() {
        return KIND;
    }
}
