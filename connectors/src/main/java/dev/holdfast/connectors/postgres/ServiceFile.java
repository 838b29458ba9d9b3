package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Named connections in files, as libpq reads them: sections like {@code [shop]} with a keyword and its value in each line.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgservice.html">The connection service file</a>
 */
final class ServiceFile {
    private static final String NAME = "pg_service.conf";

    /** Where the packages of Debian and of Red Hat look; libpq knows its own only. */
    private static final List<String> SYSTEM_FOLDERS = List.of("/etc/postgresql-common", "/etc/sysconfig/pgsql");

    private ServiceFile() {}

    /**
     * The keywords of a service: from the user's file, else from the system's.
     *
     * @param named the file that the connection names, if it does
     * @throws Missing if no file has such a service
     * @throws Invalid if a line of it cannot be understood
     */
    static NavigableMap<String, String> keywords(
            String service, Optional<String> named, Map<String, String> environment) {
        List<Path> files = files(named, environment);
        for (Path file : files) {
            if (Files.exists(file)) {
                Optional<NavigableMap<String, String>> found = section(file, service);
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new Missing(
                ErrorCode.CONFIGURATION_MISSING,
                "there is no service '" + service + "'; looked in "
                        + (files.isEmpty()
                                ? "no file"
                                : String.join(
                                        ", ", files.stream().map(Path::toString).toList())),
                "add a section [" + service + "] to ~/.pg_service.conf, or name the file with PGSERVICEFILE.");
    }

    private static List<Path> files(Optional<String> named, Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        String user = named.orElse(environment.get("PGSERVICEFILE"));
        String home = environment.get("HOME");
        if (user != null && !user.isEmpty()) {
            files.add(Path.of(user));
        } else if (home != null) {
            files.add(Path.of(home, ".pg_service.conf"));
        }
        String system = environment.get("PGSYSCONFDIR");
        List<String> folders = system == null || system.isEmpty() ? SYSTEM_FOLDERS : List.of(system);
        folders.forEach(folder -> files.add(Path.of(folder, NAME)));
        return files;
    }

    private static Optional<NavigableMap<String, String>> section(Path file, String service) {
        NavigableMap<String, String> keywords = new TreeMap<>();
        boolean inside = false;
        int number = 0;
        for (String raw : lines(file)) {
            number++;
            String line = raw.strip();
            if (line.startsWith("[")) {
                if (inside) {
                    break;
                }
                inside = line.equals("[" + service + "]");
            } else if (inside && !line.isEmpty() && !line.startsWith("#")) {
                int equals = line.indexOf('=');
                if (equals < 1 || line.startsWith("service=")) {
                    throw new Invalid(
                            ErrorCode.CONFIGURATION_INVALID,
                            "line " + number + " of service file '" + file + "' is not a keyword and its value",
                            "write it like dbname=shop; a service does not name another one.");
                }
                keywords.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return inside ? Optional.of(keywords) : Optional.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the service file '" + file + "' cannot be read: " + e.getMessage(),
                    "see that it is a file of UTF-8 text that this user may read.",
                    e);
        }
    }
}
