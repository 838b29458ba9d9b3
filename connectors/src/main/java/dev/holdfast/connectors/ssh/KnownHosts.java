package dev.holdfast.connectors.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The lines of a file of known hosts that are about one server. Lines of certificate authorities are left out.
 *
 * @see <a href="https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT">The format of known_hosts</a>
 */
final class KnownHosts {
    private static final Pattern SPACES = Pattern.compile("[ \\t]+");
    private static final String HASHED = "|1|";

    private KnownHosts() {}

    /**
     * A key of the server.
     *
     * @param kind such as {@code ssh-ed25519}
     * @param key the key in base64
     * @param revoked whether it must not be accepted
     */
    record Line(String kind, String key, boolean revoked) {}

    /**
     * @throws IOException if the file cannot be read
     */
    static List<Line> about(String host, int port, Path file) throws IOException {
        String name = name(host, port).toLowerCase(Locale.ROOT);
        List<Line> found = new ArrayList<>();
        for (String raw : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String line = raw.strip();
            boolean revoked = line.startsWith("@revoked");
            if (line.startsWith("@cert-authority")) {
                continue;
            }
            String[] fields = SPACES.split(line);
            int first = revoked ? 1 : 0;
            if (!line.startsWith("#") && fields.length >= first + 3 && matches(fields[first], name)) {
                found.add(new Line(fields[first + 1], fields[first + 2], revoked));
            }
        }
        return found;
    }

    /** What the file calls a server. */
    static String name(String host, int port) {
        return port == SshLocation.DEFAULT_PORT ? host : "[" + host + "]:" + port;
    }

    private static boolean matches(String patterns, String name) {
        if (patterns.startsWith("|")) {
            return patterns.startsWith(HASHED) && matchesHash(patterns.substring(HASHED.length()), name);
        }
        boolean matches = false;
        for (String pattern : patterns.toLowerCase(Locale.ROOT).split(",")) {
            if (pattern.startsWith("!") && matchesPattern(pattern.substring(1), name)) {
                return false;
            }
            matches |= matchesPattern(pattern, name);
        }
        return matches;
    }

    private static boolean matchesPattern(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.matches(regex.toString(), name);
    }

    private static boolean matchesHash(String saltAndHash, String name) {
        int bar = saltAndHash.indexOf('|');
        if (bar < 0) {
            return false;
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(base64.decode(saltAndHash.substring(0, bar)), "HmacSHA1"));
            return MessageDigest.isEqual(
                    mac.doFinal(name.getBytes(StandardCharsets.UTF_8)), base64.decode(saltAndHash.substring(bar + 1)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // not a hash
        }
    }
}
