package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The PostgreSQL programs of this machine. Several major versions may be installed side by side; for a server its own major
 * version is preferred, else the oldest newer one. Safe for many threads.
 */
public final class ClientTools {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (([0-9]+)[^ \\n]*)");

    private final List<Path> folders;
    private final Map<String, List<Tool>> known = new ConcurrentHashMap<>();

    /** A program and its version. */
    record Tool(Path path, int major, String version) {}

    /**
     * @param folders where to look for programs, in order
     */
    public ClientTools(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Looks where distributions install PostgreSQL's versions side by side, then along the {@code PATH}. */
    public static ClientTools ofMachine() {
        Set<Path> folders = new LinkedHashSet<>();
        for (String[] place : new String[][] {
            {"/usr/lib/postgresql", "*"},
            {"/usr", "pgsql-*"},
            {"/opt/homebrew/opt", "postgresql@*"},
            {"/usr/local/opt", "postgresql@*"}
        }) {
            folders.addAll(versions(Path.of(place[0]), place[1]));
        }
        String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                folders.add(Path.of(folder));
            }
        }
        return new ClientTools(List.copyOf(folders));
    }

    private static List<Path> versions(Path parent, String glob) {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(parent)) {
            return found;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, glob)) {
            for (Path entry : entries) {
                found.add(entry.resolve("bin"));
            }
        } catch (IOException e) {
            return found; // a folder that cannot be listed has no programs for us
        }
        found.sort(Comparator.reverseOrder());
        return found;
    }

    /**
     * The program that dumps a server: never older than the server.
     *
     * @throws Missing if there is none at all
     * @throws Unsupported if all are older than the server
     */
    Tool dump(int serverMajor) {
        return choose("pg_dump", serverMajor, "the server", serverMajor);
    }

    /**
     * The program that restores an archive: not older than the pg_dump that made it, and of the server's version if that
     * is newer.
     */
    Tool restore(int serverMajor, int archiveMajor) {
        return choose("pg_restore", Math.max(serverMajor, archiveMajor), "the archive or the server", archiveMajor);
    }

    /** The program that runs SQL: of the server's version if that is here. */
    Tool script(int serverMajor) {
        return choose("psql", serverMajor, "the server", 0);
    }

    /** One of each version that is installed, for people: oldest first. */
    List<Tool> all(String program) {
        Map<String, Tool> versions = new LinkedHashMap<>();
        find(program).forEach(tool -> versions.putIfAbsent(tool.version(), tool));
        return versions.values().stream()
                .sorted(Comparator.comparingInt(Tool::major))
                .toList();
    }

    private Tool choose(String program, int wanted, String newerThan, int needed) {
        List<Tool> found = found(program);
        if (found.isEmpty()) {
            throw new Missing(
                    ErrorCode.DATABASE_TOOL_MISSING,
                    program + " is not installed; looked in "
                            + folders.stream().map(Path::toString).collect(Collectors.joining(", ")),
                    "install it: apt install postgresql-client-" + wanted + " (or of any later version).");
        }
        Optional<Tool> best = found.stream()
                .filter(tool -> tool.major() >= wanted)
                .min(Comparator.comparingInt(Tool::major))
                .or(() -> found.stream()
                        .filter(tool -> tool.major() >= needed)
                        .max(Comparator.comparingInt(Tool::major)));
        return best.orElseThrow(() -> new Unsupported(
                ErrorCode.DATABASE_TOOL_TOO_OLD,
                program + " is older than " + newerThan + ": found "
                        + found.stream()
                                .map(tool -> tool.version() + " (" + tool.path() + ")")
                                .collect(Collectors.joining(", "))
                        + ", needed " + needed,
                "install a newer one beside it: apt install postgresql-client-" + wanted + "."));
    }

    /** Asked once, because every answer is a process; unless there is none, which somebody may be about to change. */
    private List<Tool> found(String program) {
        List<Tool> before = known.get(program);
        if (before != null) {
            return before;
        }
        List<Tool> found = find(program);
        if (!found.isEmpty()) {
            known.put(program, found);
        }
        return found;
    }

    private List<Tool> find(String program) {
        List<Tool> found = new ArrayList<>();
        for (Path folder : folders) {
            Path path = folder.resolve(program);
            if (Files.isExecutable(path) && !Files.isDirectory(path)) {
                version(path).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<Tool> version(Path path) {
        try {
            Process process = new ProcessBuilder(path.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said;
            try (InputStream output = process.getInputStream()) {
                said = new String(output.readNBytes(4096), StandardCharsets.UTF_8);
            }
            Matcher matcher = VERSION.matcher(said);
            return matcher.find()
                    ? Optional.of(new Tool(path, Integer.parseInt(matcher.group(2)), matcher.group(1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not a program of this machine
        }
    }
}
