package dev.holdfast.connectors.postgres;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names as pg_dump writes them: in double quotes only where they need it. pg_restore recognises a table in its own COPY
 * statement by them.
 */
final class CopyNames {
    /** Words that are not simply names in some version from 14 to 18, as {@code pg_get_keywords()} tells. */
    private static final Set<String> WORDS = Set.of(("all analyse analyze and any array as asc asymmetric authorization"
                    + " between bigint binary bit boolean both case cast char character check coalesce collate"
                    + " collation column concurrently constraint create cross current_catalog current_date"
                    + " current_role current_schema current_time current_timestamp current_user dec decimal default"
                    + " deferrable desc distinct do else end except exists extract false fetch float for foreign"
                    + " freeze from full grant greatest group grouping having ilike in initially inner inout int"
                    + " integer intersect interval into is isnull join json json_array json_arrayagg json_exists"
                    + " json_object json_objectagg json_query json_scalar json_serialize json_table json_value"
                    + " lateral leading least left like limit localtime localtimestamp merge_action national natural"
                    + " nchar none normalize not notnull null nullif numeric offset on only or order out outer"
                    + " overlaps overlay placing position precision primary real references returning right row"
                    + " select session_user setof similar smallint some substring symmetric system_user table"
                    + " tablesample then time timestamp to trailing treat trim true union unique user using values"
                    + " varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists"
                    + " xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable")
            .split(" "));

    private CopyNames() {}

    static String of(String name) {
        return WORDS.contains(name) ? Sql.name(name) : Sql.shortName(name);
    }

    static String of(String schema, String name) {
        return of(schema) + "." + of(name);
    }

    /**
     * What COPY names after the table: the columns, or nothing where there are none.
     *
     * @param definition how pg_dump makes the table; a later version's words show in it
     */
    static String columns(List<String> columns, String definition) {
        return columns.isEmpty()
                ? ""
                : columns.stream()
                        .map(column -> definition.contains(Sql.name(column)) ? Sql.name(column) : of(column))
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
