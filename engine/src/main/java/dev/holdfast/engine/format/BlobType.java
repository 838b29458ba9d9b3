package dev.holdfast.engine.format;

/** What a blob in a pack is; the code goes into its id and its seal. */
public enum BlobType {
    /** A chunk of an entry's bytes. */
    DATA(1),
    /** A node of a tree or of a list of extents. */
    NODE(2);

    private final int code;

    BlobType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /**
     * @throws IllegalArgumentException if there is no such type
     */
    public static BlobType of(int code) {
        return switch (code) {
            case 1 -> DATA;
            case 2 -> NODE;
            default -> throw new IllegalArgumentException("blob type " + code);
        };
    }
}
