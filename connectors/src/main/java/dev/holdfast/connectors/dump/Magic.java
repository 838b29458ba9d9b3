package dev.holdfast.connectors.dump;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Tells by its first bytes what something is. */
final class Magic {
    /** How many first bytes are needed. */
    static final int BYTES = 1024;

    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final byte[] LZ4 = {0x04, 0x22, 0x4d, 0x18};
    private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final String ARMOR = "-----BEGIN PGP MESSAGE-----";
    private static final int SESSION_KEY_TO_HOLDER = 1;
    private static final int SESSION_KEY_BY_PASSPHRASE = 3;
    private static final int ENCRYPTED_DATA = 18;

    private Magic() {}

    /** What lies around, if anything does. */
    static Optional<Layer> layer(byte[] head) {
        if (begins(head, 0x1f, 0x8b)) {
            return Optional.of(Layer.GZIP);
        }
        if (begins(head, ZSTD) || isSkippableZstd(head)) {
            return Optional.of(Layer.ZSTD);
        }
        if (begins(head, 'B', 'Z', 'h')) {
            return Optional.of(Layer.BZIP2);
        }
        if (begins(head, LZ4)) {
            return Optional.of(Layer.LZ4);
        }
        if (begins(head, XZ)) {
            return Optional.of(Layer.XZ);
        }
        return isArmored(head) || isOpenPgp(head) ? Optional.of(Layer.OPENPGP) : Optional.empty();
    }

    static DumpFormat format(byte[] head) {
        if (text(head).startsWith("PGDMP")) {
            return DumpFormat.CUSTOM;
        }
        if (begins(head, 'P', 'K', 3, 4) || begins(head, 'P', 'K', 5, 6)) {
            return DumpFormat.ZIP;
        }
        if (TarHeader.isOne(head)) {
            return DumpFormat.TAR;
        }
        String lines = text(head).toLowerCase(Locale.ROOT);
        if (lines.startsWith("-- postgresql database cluster dump")
                || lines.contains("\n-- postgresql database cluster dump")) {
            return DumpFormat.CLUSTER_SQL;
        }
        return lines.startsWith("-- postgresql database dump") || lines.contains("\n-- postgresql database dump")
                ? DumpFormat.SQL
                : DumpFormat.OTHER;
    }

    private static String text(byte[] head) {
        return new String(head, StandardCharsets.ISO_8859_1);
    }

    private static boolean isArmored(byte[] head) {
        String text = text(head);
        return text.startsWith(ARMOR) || text.contains("\n" + ARMOR);
    }

    /** Zstandard's frames that hold nothing may come first. */
    private static boolean isSkippableZstd(byte[] head) {
        return head.length >= 4
                && (head[0] & 0xf0) == 0x50
                && begins(new byte[] {head[1], head[2], head[3]}, 0x2a, 0x4d, 0x18);
    }

    /** A packet with a session key, of a version that is known, or encrypted data; RFC 9580, section 4. */
    private static boolean isOpenPgp(byte[] head) {
        if (head.length < 4 || (head[0] & 0x80) == 0) {
            return false;
        }
        boolean isNew = (head[0] & 0x40) != 0;
        int tag = isNew ? head[0] & 0x3f : (head[0] & 0x3c) >> 2;
        int lengthBytes = isNew ? newLengthBytes(head[1] & 0xff) : oldLengthBytes(head[0] & 3);
        int version = lengthBytes < 0 || head.length <= 1 + lengthBytes ? -1 : head[1 + lengthBytes];
        return switch (tag) {
            case SESSION_KEY_TO_HOLDER -> version == 3 || version == 6;
            case SESSION_KEY_BY_PASSPHRASE -> version >= 4 && version <= 6;
            case ENCRYPTED_DATA -> version == 1 || version == 2;
            default -> false;
        };
    }

    private static int newLengthBytes(int first) {
        if (first < 192) {
            return 1;
        }
        return first < 224 ? 2 : first == 255 ? 5 : 1;
    }

    private static int oldLengthBytes(int kind) {
        return switch (kind) {
            case 0 -> 1;
            case 1 -> 2;
            case 2 -> 4;
            default -> 0;
        };
    }

    private static boolean begins(byte[] head, int... with) {
        for (int i = 0; i < with.length; i++) {
            if (head.length <= i || (head[i] & 0xff) != (with[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    private static boolean begins(byte[] head, byte[] with) {
        return head.length >= with.length
                && new String(head, 0, with.length, StandardCharsets.ISO_8859_1)
                        .equals(new String(with, StandardCharsets.ISO_8859_1));
    }
}
