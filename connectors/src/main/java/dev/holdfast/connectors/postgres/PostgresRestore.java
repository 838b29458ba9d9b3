package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a person may ask of the restore of a database. Immutable.
 *
 * @param schemas which schemas, as patterns like {@code app*}; empty for all, unless tables are named
 * @param tables which tables, views and sequences, as patterns like {@code public.orders}; empty for all, unless schemas are
 * @param contents definitions, rows or both
 * @param landing where a selection goes if the database is there already
 * @param ownership to whom it belongs afterwards
 * @param truncate whether tables that are filled may be emptied before; for rows alone
 * @param keepReplaced whether a database that is replaced is kept under another name
 * @param compare whether the rows are read back and compared before anything gets its final name; if nothing is said, they
 *     are where something is replaced or added to an existing database
 * @param keepOrder whether the rows of every table lie as they lay, which takes one connection for each; otherwise large
 *     tables are filled by several
 */
public record PostgresRestore(
        List<String> schemas,
        List<String> tables,
        Contents contents,
        Landing landing,
        Ownership ownership,
        boolean truncate,
        boolean keepReplaced,
        Optional<Boolean> compare,
        boolean keepOrder) {

    /** Everything, as it was. */
    public static final PostgresRestore WHOLE = new PostgresRestore(
            List.of(),
            List.of(),
            Contents.ALL,
            new Landing.SideSchema(Optional.empty()),
            Ownership.CAPTURED,
            false,
            true,
            Optional.empty(),
            false);

    public PostgresRestore {
        schemas = List.copyOf(schemas);
        tables = List.copyOf(tables);
        if (truncate && contents != Contents.DATA) {
            throw unusable("tables are emptied first only where rows alone are restored", "add --data-only.");
        }
        if (contents == Contents.DATA
                && landing instanceof Landing.SideSchema(Optional<String> name)
                && name.isPresent()) {
            throw unusable("rows alone go into the tables that are there, not into a side schema", "leave one out.");
        }
        schemas.forEach(NamePattern::ofName);
        tables.forEach(NamePattern::ofTableAnywhere);
    }

    /** What is restored of what was selected. */
    public enum Contents {
        ALL,
        /** Definitions without rows. */
        SCHEMA,
        /** Rows into tables that are there. */
        DATA
    }

    /** Where a selection goes in a database that is there already. */
    public sealed interface Landing {
        /**
         * A schema of its own, so that nothing that is there is touched.
         *
         * @param name if empty, a name with the time in it
         */
        record SideSchema(Optional<String> name) implements Landing {
            public SideSchema {
                if (name.isPresent()
                        && (name.get().isBlank() || name.get().startsWith("pg_") || !DatabaseNames.fits(name.get()))) {
                    throw unusable(
                            "'" + name.get() + "' cannot be the name of a schema",
                            "it has 1 to 63 bytes and does not begin with pg_.");
                }
            }
        }

        /** The schemas it came from, where nothing may have the same names. */
        record OriginalSchema() implements Landing {}
    }

    /**
     * Who takes the place of roles of the snapshot.
     *
     * @param owner to whom everything belongs; if empty, to those it belonged to
     * @param roles old name to new one
     * @param keepOwners false: everything belongs to the user that restores
     * @param keepRights false: nobody is granted anything
     */
    public record Ownership(Optional<String> owner, Map<String, String> roles, boolean keepOwners, boolean keepRights) {
        /** As it was. */
        public static final Ownership CAPTURED = new Ownership(Optional.empty(), Map.of(), true, true);

        public Ownership {
            roles = Map.copyOf(roles);
            if (owner.isPresent() && !keepOwners) {
                throw unusable("one owner for everything and no owners exclude each other", "leave one out.");
            }
        }

        boolean isCaptured() {
            return equals(CAPTURED);
        }
    }

    /** Whether less is restored than a whole database. */
    public boolean isPartial() {
        return isSelective() || contents != Contents.ALL;
    }

    boolean isSelective() {
        return !schemas.isEmpty() || !tables.isEmpty();
    }

    private static Invalid unusable(String what, String hint) {
        return new Invalid(ErrorCode.USAGE, what, hint);
    }
}
