package dev.holdfast.engine.store;

import java.util.Objects;

/**
 * The name of one object in a store: one to eight segments of {@code [a-z0-9._-]} joined by {@code /}. Such names mean
 * the same on every file system and every S3 server.
 *
 * @param name the full name, for example {@code log/01jd8x...}
 */
public record StoreKey(String name) implements Comparable<StoreKey> {
    private static final int MAX_LENGTH = 200;

    public StoreKey {
        Objects.requireNonNull(name);
        if (!isValid(name)) {
            throw new IllegalArgumentException("not a store key: '" + name + "'");
        }
    }

    /** Whether a name found in a store could be one of ours. */
    public static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        boolean segmentEmpty = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/') {
                if (segmentEmpty) {
                    return false;
                }
                segmentEmpty = true;
            } else if ((c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || (c == '.' && !segmentEmpty)) {
                segmentEmpty = false;
            } else {
                return false;
            }
        }
        return !segmentEmpty;
    }

    @Override
    public int compareTo(StoreKey other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
