package dev.holdfast.server.browse;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.tree.EntryKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Keys as text and back, without loss: bytes that are no text, controls and {@code %} are written as {@code %NN}. */
final class EntryKeys {
    private EntryKeys() {}

    static String text(EntryKey key) {
        return text(key.toBytes());
    }

    static String text(byte[] bytes) {
        boolean utf8 = isUtf8(bytes);
        StringBuilder text = new StringBuilder(bytes.length);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (byte b : bytes) {
            boolean odd = b == '%' || (b >= 0 && b < ' ') || b == 0x7f || (b < 0 && !utf8);
            if (odd) {
                text.append(plain.toString(StandardCharsets.UTF_8));
                plain.reset();
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            } else {
                plain.write(b);
            }
        }
        return text.append(plain.toString(StandardCharsets.UTF_8)).toString();
    }

    /**
     * @throws Invalid (USAGE) if it is no key
     */
    static EntryKey key(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] given = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < given.length; i++) {
            if (given[i] == '%') {
                bytes.write(digit(given, i + 1) << 4 | digit(given, i + 2));
                i += 2;
            } else {
                bytes.write(given[i]);
            }
        }
        if (bytes.size() > EntryKey.MAX_BYTES) {
            throw noKey("it is longer than " + EntryKey.MAX_BYTES + " bytes");
        }
        return EntryKey.ofOwned(bytes.toByteArray());
    }

    private static int digit(byte[] given, int index) {
        int digit = index < given.length ? Character.digit((char) given[index], 16) : -1;
        if (digit < 0) {
            throw noKey("after '%' come two hexadecimal digits");
        }
        return digit;
    }

    private static Invalid noKey(String why) {
        return new Invalid(
                ErrorCode.USAGE,
                "that is not the key of an entry: " + why,
                "take 'key' as the list of entries shows it.");
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
