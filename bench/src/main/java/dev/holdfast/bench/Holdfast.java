package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holdfast as its users run it: a stack file with one source and one destination on this disk, and the launcher. Everything
 * it writes is below one folder, so that its state can be put aside and brought back.
 */
final class Holdfast {
    static final String NAME = "holdfast";

    private final Path launcher;
    private final Path folder;
    private final String part;
    private final String source;
    private final Map<String, String> environment;

    /**
     * @param folder where the stack file, the repository and the home folder go
     * @param part the name of the source
     * @param source the description of the source, as lines of YAML below its name
     * @param secrets environment variables that the description refers to
     */
    Holdfast(Path launcher, Path folder, String part, String source, Map<String, String> secrets) {
        this.launcher = launcher;
        this.folder = folder;
        this.part = part;
        this.source = source;
        Map<String, String> all = new HashMap<>(secrets);
        all.put("HOLDFAST_PASSPHRASE", "a passphrase of the benchmark");
        all.put("HOME", folder.resolve("home").toString());
        all.put("XDG_CACHE_HOME", folder.resolve("home/.cache").toString());
        this.environment = Map.copyOf(all);
    }

    Path folder() {
        return folder;
    }

    /** Begins anew with an empty repository. */
    void init() {
        Trees.fresh(folder);
        Trees.create(folder.resolve("home"));
        try {
            Files.writeString(folder.resolve("holdfast.yaml"), """
                    stack: bench
                    sources:
                      %s:
                    %s
                    repository:
                      passphrase: ${HOLDFAST_PASSPHRASE}
                      destinations:
                        disk:
                          local:
                            path: %s
                    """.formatted(
                            part, source.strip().indent(4).stripTrailing(), folder.resolve("repository")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run(command("init"));
    }

    Command backup() {
        return command("backup");
    }

    Command restore(String target) {
        return command("restore", "latest", "--part", part, "--to", part + "=" + target, "--yes");
    }

    /** Fails unless the newest snapshot equals the source, or a restored copy of it. */
    void compare(String... with) {
        List<String> target = Stream.of(with)
                .flatMap(copy -> Stream.of("--with", part + "=" + copy))
                .toList();
        String answer = Shell.read(command("compare", "latest").plus(target.toArray(String[]::new)));
        requireField(answer, "\"equal\"\\s*:\\s*true", "a comparison");
    }

    void check() {
        requireField(Shell.read(command("check", "--read-data")), "\"ok\"\\s*:\\s*true", "a check");
    }

    double storedBytes() {
        return Trees.bytes(folder.resolve("repository"));
    }

    private static void requireField(String json, String field, String what) {
        if (!Pattern.compile(field).matcher(json).find()) {
            throw new BenchFailure(what + " ended with exit code 0, but did not say so in its answer: " + json);
        }
    }

    private Command command(String name, String... arguments) {
        return Command.of(folder, environment, launcher.toString(), name)
                .plus(arguments)
                .plus("--file", folder.resolve("holdfast.yaml").toString(), "--json");
    }
}
