package dev.holdfast.connectors.dump;

/** What lies around the contents of a file. */
public enum Layer {
    OPENPGP("OpenPGP", true),
    GZIP("gzip", true),
    ZSTD("zstd", true),
    BZIP2("bzip2", false),
    LZ4("lz4", false),
    XZ("xz", false);

    private final String label;
    private final boolean readable;

    Layer(String label, boolean readable) {
        this.label = label;
        this.readable = readable;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** Whether it can be taken off here; the others are only recognised. */
    public boolean readable() {
        return readable;
    }
}
