package dev.holdfast.connectors.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A file of passwords as libpq reads it ({@code ~/.pgpass}): lines of {@code host:port:database:user:password}, where
 * {@code *} matches everything and a backslash takes the meaning from a colon or a backslash; the first line that matches
 * counts. A file that others than its owner may read is not read. Immutable; the file is read anew each time.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgpass.html">The password file</a>
 */
record PasswordFile(Path path) {
    private static final Set<PosixFilePermission> OF_THE_OWNER =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    /** Why the file is there and is not used; empty if it is used, or if there is none. */
    Optional<String> ignoredBecause() {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(path)) {
            return Optional.of("the password file '" + path + "' is not a plain file and is ignored");
        }
        if (!Files.isReadable(path)) {
            return Optional.of("the password file '" + path + "' cannot be read and is ignored");
        }
        return openToOthers()
                ? Optional.of("the password file '" + path + "' is ignored, because others may read it; run: chmod 600 "
                        + path)
                : Optional.empty();
    }

    private boolean openToOthers() {
        try {
            return !OF_THE_OWNER.containsAll(Files.getPosixFilePermissions(path, new LinkOption[0]));
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a file system without such permissions
        }
    }

    /**
     * The password of the first line that matches.
     *
     * @param hosts names the server goes by; a line matches if it has one of them
     */
    Optional<String> password(List<String> hosts, int port, String database, String user) {
        if (!Files.isRegularFile(path) || ignoredBecause().isPresent()) {
            return Optional.empty();
        }
        for (String line : lines()) {
            List<String> fields = fields(line);
            if (!line.startsWith("#")
                    && fields.size() == 5
                    && hosts.stream().anyMatch(host -> matches(fields.get(0), host))
                    && matches(fields.get(1), Integer.toString(port))
                    && matches(fields.get(2), database)
                    && matches(fields.get(3), user)) {
                return Optional.of(unescaped(fields.get(4))).filter(password -> !password.isEmpty());
            }
        }
        return Optional.empty();
    }

    private List<String> lines() {
        try {
            // any bytes: a line in another encoding must not keep us from the others
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of(); // gone meanwhile
        }
    }

    /** Four fields up to colons without a backslash before them, and the rest; still escaped. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at < line.length() && fields.size() < 4; at++) {
            if (line.charAt(at) == '\\') {
                at++;
            } else if (line.charAt(at) == ':') {
                fields.add(line.substring(begin, at));
                begin = at + 1;
            }
        }
        fields.add(line.substring(begin));
        return fields;
    }

    private static boolean matches(String field, String value) {
        return field.equals("*") || unescaped(field).equals(value);
    }

    private static String unescaped(String field) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < field.length(); at++) {
            if (field.charAt(at) == '\\' && at + 1 < field.length()) {
                at++;
            }
            plain.append(field.charAt(at));
        }
        return plain.toString();
    }
}
