package dev.holdfast.server.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The name under which a browser keeps a download, as a header (RFC 6266, RFC 8187). Whatever the name, the header is one line
 * of ASCII that names one file and no folder.
 */
final class FileName {
    private static final int MAX_LENGTH = 150;
    private static final String PLAIN = "!#$&+-.^_`|~";

    private FileName() {}

    static String disposition(String name) {
        String safe = safe(name);
        return "attachment; filename=\"" + ascii(safe) + "\"; filename*=UTF-8''" + encoded(safe);
    }

    /** Without what separates folders, controls, or hides a file. */
    private static String safe(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        StringBuilder safe = new StringBuilder();
        last.codePoints().map(c -> isOdd(c) ? '_' : c).limit(MAX_LENGTH).forEach(safe::appendCodePoint);
        while (!safe.isEmpty() && (safe.charAt(0) == '.' || safe.charAt(0) == ' ')) {
            safe.deleteCharAt(0);
        }
        return safe.isEmpty() ? "download" : safe.toString();
    }

    private static boolean isOdd(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            default -> "\"*:<>?|%".indexOf(c) >= 0;
        };
    }

    private static String ascii(String name) {
        StringBuilder plain = new StringBuilder();
        name.codePoints().forEach(c -> plain.append(c > ' ' - 1 && c < 0x7f && c != '\\' ? (char) c : '_'));
        return plain.toString();
    }

    private static String encoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || PLAIN.indexOf(b) >= 0;
    }
}
