package dev.holdfast.control.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name of a part that is one database of a source with all: {@code source/database}. In the database's name, all but
 * letters, digits, dots, underscores and hyphens is percent-encoded as in a URL, so that every name can be typed and no two
 * are the same. The name of a source has no slash.
 *
 * @param source name of the source
 * @param database name of the database
 */
public record DatabasePart(String source, String database) {
    /** The name of the part. */
    public String name() {
        StringBuilder name = new StringBuilder(source).append('/');
        database.codePoints().forEach(c -> {
            String character = Character.toString(c);
            if (Character.isLetterOrDigit(c) || "._-".contains(character)) {
                name.append(character);
            } else {
                for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
                    name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
                }
            }
        });
        return name.toString();
    }

    /** The name of a part, taken apart; empty if it is not of this kind. */
    public static Optional<DatabasePart> parse(String part) {
        int slash = part.indexOf('/');
        return slash < 1
                ? Optional.empty()
                : Optional.of(new DatabasePart(part.substring(0, slash), decoded(part.substring(slash + 1))));
    }

    private static String decoded(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < encoded.length()) {
            if (encoded.charAt(i) == '%' && i + 2 < encoded.length() && isHex(encoded, i + 1)) {
                bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 3;
            } else {
                int end = encoded.offsetByCodePoints(i, 1);
                bytes.writeBytes(encoded.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isHex(String text, int at) {
        return HexFormat.isHexDigit(text.charAt(at)) && HexFormat.isHexDigit(text.charAt(at + 1));
    }
}
