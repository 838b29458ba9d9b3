package dev.holdfast.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A program to run.
 *
 * @param words the program and its arguments
 * @param environment added to the inherited environment, from which the settings of all contenders are taken away
 * @param folder the working folder
 */
record Command(List<String> words, Map<String, String> environment, Path folder) {
    Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    static Command of(Path folder, Map<String, String> environment, String... words) {
        return new Command(List.of(words), environment, folder);
    }

    /** A line of bash that fails when any program of a pipeline does; {@code "$1"} is the first of the arguments. */
    static Command shell(Path folder, Map<String, String> environment, String line, String... arguments) {
        return new Command(List.of("bash", "-euo", "pipefail", "-c", line, "bench"), environment, folder)
                .plus(arguments);
    }

    Command plus(String... more) {
        return new Command(Stream.concat(words.stream(), Stream.of(more)).toList(), environment, folder);
    }

    Command under(String... wrapper) {
        return new Command(List.of(wrapper), environment, folder).plus(words.toArray(String[]::new));
    }

    ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        Map<String, String> inherited = builder.environment();
        inherited.keySet().removeIf(name -> name.matches("(AWS|PG|RESTIC|BORG|RCLONE|HOLDFAST|S3)_?[A-Z0-9_]*"));
        inherited.put("LC_ALL", "C.UTF-8");
        inherited.putAll(environment);
        return builder;
    }
}
