package dev.holdfast.engine.format;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The first 64 bytes of every sealed file. All numbers are big endian.
 *
 * <pre>
 *  0  8  magic "HOLDFAST"
 *  8  2  version of the format, 1
 * 10  1  kind of file
 * 11  1  0
 * 12 32  salt, random: the file's own key is derived from it
 * 44 16  id of the repository
 * 60  4  CRC-32C of bytes 0 to 59
 * </pre>
 */
public final class FileHeader {
    /** Length in bytes. */
    public static final int BYTES = 64;

    /** The version of the format that this software writes. */
    public static final int VERSION = 1;

    /** Length of the salt in bytes. */
    public static final int SALT_BYTES = 32;

    private static final byte[] MAGIC = {'H', 'O', 'L', 'D', 'F', 'A', 'S', 'T'};
    private static final int SALT_AT = 12;
    private static final int CHECKSUM_AT = 60;

    private FileHeader() {}

    /** A random salt. */
    public static byte[] salt(SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    /** The header of a file. */
    public static byte[] of(FileKind kind, byte[] salt, String repositoryId) {
        ByteBuffer header = ByteBuffer.allocate(BYTES)
                .put(MAGIC)
                .putShort((short) VERSION)
                .put(kind.code())
                .put((byte) 0)
                .put(salt)
                .put(HexFormat.of().parseHex(repositoryId));
        header.putInt(checksum(header.array()));
        return header.array();
    }

    /**
     * Checks that a file begins as one of this repository and kind does.
     *
     * @param name of the file, for messages
     * @return its salt
     * @throws Damaged if it does not
     * @throws Unsupported if it is of a later version
     */
    public static byte[] verify(byte[] file, FileKind kind, String repositoryId, String name) {
        if (file.length < BYTES) {
            throw damaged(name, "it has " + file.length + " bytes, fewer than its header");
        }
        ByteBuffer header = ByteBuffer.wrap(file, 0, BYTES);
        if (header.getInt(CHECKSUM_AT) != checksum(file)) {
            throw damaged(name, "the checksum of its header does not hold");
        }
        if (!Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw damaged(name, "it does not begin as a file of Holdfast");
        }
        int version = header.getShort(8);
        if (version != VERSION) {
            throw new Unsupported(
                    ErrorCode.REPOSITORY_TOO_NEW,
                    "'" + name + "' is of format version " + version + ", this software knows version " + VERSION,
                    "Use a newer version of Holdfast.");
        }
        byte[] salt = Arrays.copyOfRange(file, SALT_AT, SALT_AT + SALT_BYTES);
        if (!Arrays.equals(file, 0, BYTES, of(kind, salt, repositoryId), 0, BYTES)) {
            throw damaged(name, "it belongs to another repository or is of another kind");
        }
        return salt;
    }

    private static int checksum(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CHECKSUM_AT);
        return (int) crc.getValue();
    }

    private static Damaged damaged(String name, String why) {
        return new Damaged(ErrorCode.DAMAGED, "'" + name + "' is damaged: " + why, "");
    }
}
