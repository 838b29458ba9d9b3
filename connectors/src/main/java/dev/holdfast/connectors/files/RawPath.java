package dev.holdfast.connectors.files;

import dev.holdfast.engine.tree.EntryKey;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Paths as the bytes that they are. */
final class RawPath {
    private RawPath() {}

    /** The bytes of a path, absolute, whatever the locale makes of them; without a slash at the end. */
    static byte[] of(Path path) {
        // a Path keeps its bytes, but only its URI shows them
        String escaped = path.toAbsolutePath().normalize().toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        byte[] raw = bytes.toByteArray();
        return raw.length > 1 && raw[raw.length - 1] == '/' ? Arrays.copyOf(raw, raw.length - 1) : raw;
    }

    /** A path of exactly these bytes, whatever the locale would make of them. */
    static Path path(byte[] absolute) {
        StringBuilder escaped = new StringBuilder("file://");
        for (byte b : absolute) {
            boolean plain = b == '/' || (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
            escaped.append(plain ? Character.toString(b) : "%%%02x".formatted(b & 0xff));
        }
        return Path.of(URI.create(escaped.toString()));
    }

    /** A folder and what lies in it: with exactly one slash between. */
    static byte[] join(byte[] folder, byte[] relative) {
        if (relative.length == 0) {
            return folder;
        }
        boolean slash = folder.length == 0 || folder[folder.length - 1] != '/';
        byte[] joined = Arrays.copyOf(folder, folder.length + (slash ? 1 : 0) + relative.length);
        if (slash) {
            joined[folder.length] = '/';
        }
        System.arraycopy(relative, 0, joined, joined.length - relative.length, relative.length);
        return joined;
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static byte[] withoutSlash(byte[] path) {
        return path.length > 0 && path[path.length - 1] == '/' ? Arrays.copyOf(path, path.length - 1) : path;
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** For people. */
    static String show(byte[] path) {
        return path.length > EntryKey.MAX_BYTES
                ? EntryKey.copyOf(Arrays.copyOf(path, 200)) + "..."
                : EntryKey.copyOf(path).toString();
    }
}
