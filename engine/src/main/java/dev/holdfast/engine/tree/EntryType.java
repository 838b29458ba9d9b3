package dev.holdfast.engine.tree;

/** What an entry is. The code is part of the format and never changes meaning. */
public enum EntryType {
    FILE(1),
    DIRECTORY(2),
    SYMBOLIC_LINK(3),
    /** A further name of a file that an earlier entry of the part holds; the attribute {@code target} names it. */
    HARD_LINK(4),
    FIFO(5),
    CHARACTER_DEVICE(6),
    BLOCK_DEVICE(7),
    SOCKET(8),
    /** An object of a bucket. */
    OBJECT(16),
    /** A table's rows. */
    TABLE(32),
    SEQUENCE(33),
    LARGE_OBJECT(34),
    /** A document a connector needs to restore: a schema archive, a list of roles, a manifest. */
    DOCUMENT(48);

    private final int code;

    EntryType(int code) {
        this.code = code;
    }

    /** The byte in the format. */
    public int code() {
        return code;
    }

    /**
     * @throws IllegalArgumentException if this version knows no such type
     */
    public static EntryType of(int code) {
        for (EntryType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("entry type " + code + " is not known to this version");
    }
}
