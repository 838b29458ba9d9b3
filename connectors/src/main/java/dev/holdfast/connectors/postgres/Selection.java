package dev.holdfast.connectors.postgres;

import java.util.List;

/**
 * Which part of a database is meant. Patterns as {@link NamePattern} reads them; part of the format of
 * {@code document/database}.
 *
 * @param schemas which schemas; patterns for one name
 * @param tables which tables, views, materialized views and foreign tables of these schemas; patterns for schema and name. A
 *     partition is in with its root, and out with it
 * @param excludeData tables of which only the definition is kept; patterns for schema and name
 */
public record Selection(Names schemas, Names tables, List<String> excludeData) {
    /** The whole database. */
    public static final Selection EVERYTHING = new Selection(Names.ALL, Names.ALL, List.of());

    /**
     * @param include only what matches one of these; all if there is none
     * @param exclude but for what matches one of these
     */
    public record Names(List<String> include, List<String> exclude) {
        public static final Names ALL = new Names(List.of(), List.of());

        public Names {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
        }

        boolean isAll() {
            return include.isEmpty() && exclude.isEmpty();
        }
    }

    /**
     * @throws dev.holdfast.engine.error.Invalid if a pattern is none
     */
    public Selection {
        excludeData = List.copyOf(excludeData);
        schemas.include().forEach(NamePattern::ofName);
        schemas.exclude().forEach(NamePattern::ofName);
        tables.include().forEach(NamePattern::ofTable);
        tables.exclude().forEach(NamePattern::ofTable);
        excludeData.forEach(NamePattern::ofTable);
    }

    boolean isEverything() {
        return schemas.isAll() && tables.isAll() && excludeData.isEmpty();
    }
}
