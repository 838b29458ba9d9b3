package dev.holdfast.control.operation;

/** What an export of a database is to be. Levels of compression are 0 (none) to 9. */
public sealed interface ExportFormat {
    /** As it is named on the command line. */
    String label();

    /** An archive for {@code pg_restore}, compressed within. */
    record Archive(int level) implements ExportFormat {
        @Override
        public String label() {
            return "custom";
        }
    }

    /**
     * SQL for {@code psql}, compressed as a whole.
     *
     * @param create whether it makes the database too
     */
    record Sql(int level, boolean create) implements ExportFormat {
        @Override
        public String label() {
            return "sql";
        }
    }

    /** The roles that the database uses, as SQL, compressed as a whole. */
    record Roles(int level) implements ExportFormat {
        @Override
        public String label() {
            return "roles";
        }
    }
}
