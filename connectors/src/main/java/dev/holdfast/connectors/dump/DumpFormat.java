package dev.holdfast.connectors.dump;

/** What is below all layers of a file. */
public enum DumpFormat {
    /** An archive of {@code pg_dump -Fc}. */
    CUSTOM("custom-format archive of pg_dump"),
    /** SQL of {@code pg_dump} or {@code pg_restore}. */
    SQL("SQL of pg_dump"),
    /** SQL of {@code pg_dumpall}: roles, tablespaces and all databases. */
    CLUSTER_SQL("SQL of pg_dumpall"),
    /** Files in a tar; that of {@code pg_dump -Ft}, and a folder of {@code pg_dump -Fd} that was packed, are told when they are read. */
    TAR("tar"),
    ZIP("zip"),
    /** Something of which nothing can be said. */
    OTHER("unknown contents");

    private final String label;

    DumpFormat(String label) {
        this.label = label;
    }

    /** For people. */
    public String label() {
        return label;
    }
}
