package dev.holdfast.connectors.adopt;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * What the beginning of a file tells.
 *
 * @param layers what is around the backup, the outermost first
 * @param kind what is within
 * @param database the database it shows, where it says so itself
 * @param made when it was made by the clock of the machine that made it, where it says so itself
 * @param obstacle why it cannot be used, or not be looked into
 */
public record BackupHead(
        List<Layer> layers,
        Kind kind,
        Optional<String> database,
        Optional<LocalDateTime> made,
        Optional<String> obstacle) {
    public BackupHead {
        layers = List.copyOf(layers);
    }

    /** What can be around a backup. */
    public enum Layer {
        OPENPGP("openpgp"),
        AGE("age"),
        GZIP("gzip"),
        ZSTD("zstd"),
        BZIP2("bzip2"),
        XZ("xz"),
        LZ4("lz4");

        private final String label;

        Layer(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }
    }

    /** What a file can be. */
    public enum Kind {
        /** An archive of pg_dump in its custom format. */
        CUSTOM("custom"),
        /** SQL of pg_dump. */
        SQL("sql"),
        /** SQL of pg_dumpall. */
        CLUSTER("cluster"),
        /** A tar that pg_dump wrote. */
        DUMP_TAR("dump-tar"),
        /** A folder that pg_dump wrote. */
        DUMP_FOLDER("dump-folder"),
        /** A tar of files. */
        TAR("tar"),
        ZIP("zip"),
        /** A folder of files. */
        TREE("tree"),
        /** Nothing at all. */
        EMPTY("empty"),
        /** Text that may be SQL, and does not say who wrote it. */
        TEXT("text"),
        /** Encrypted, and there is no key. */
        LOCKED("locked"),
        UNKNOWN("unknown");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }

        /** Whether it shows a database, or several. */
        public boolean isDatabase() {
            return switch (this) {
                case CUSTOM, SQL, CLUSTER, DUMP_TAR, DUMP_FOLDER -> true;
                case TAR, ZIP, TREE, EMPTY, TEXT, LOCKED, UNKNOWN -> false;
            };
        }
    }
}
