package dev.holdfast.control.config;

import dev.holdfast.connectors.postgres.NamePattern;
import dev.holdfast.connectors.postgres.Selection;
import dev.holdfast.connectors.postgres.Selection.Names;
import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.engine.error.Invalid;
import java.util.List;
import java.util.function.Consumer;

/** Reads which databases, schemas and tables a source is about. */
final class PostgresScopeReader {
    private static final String SCHEMAS = "schemas";
    private static final String TABLES = "tables";
    private static final String EXCLUDE_DATA = "exclude-data";
    private static final String DATABASES = "databases";
    private static final String EXCLUDE_DATABASES = "exclude-databases";

    /** The keys it reads. */
    static final List<String> KEYS = List.of(DATABASES, EXCLUDE_DATABASES, SCHEMAS, TABLES, EXCLUDE_DATA);

    private PostgresScopeReader() {}

    static PostgresScope read(Section section) {
        Selection selection = new Selection(
                names(section, SCHEMAS, Example.SCHEMAS, NamePattern::ofName),
                names(section, TABLES, Example.TABLES, NamePattern::ofTable),
                patterns(section, EXCLUDE_DATA, Example.EXCLUDE_DATA, NamePattern::ofTable));
        boolean all = everyDatabase(section);
        for (String key : List.of(SCHEMAS, TABLES, EXCLUDE_DATA)) {
            if (all && section.has(key)) {
                throw new Stop(
                        section.line(key),
                        "'" + section.path() + "' has '" + key + "' for all databases at once",
                        "exclude the database with exclude-databases and make it a source of its own.");
            }
        }
        if (!all && section.has(EXCLUDE_DATABASES)) {
            throw new Stop(
                    section.line(EXCLUDE_DATABASES),
                    "'" + section.path() + "' has 'exclude-databases' for a single database",
                    Example.DATABASES);
        }
        return all
                ? PostgresScope.all(
                        patterns(section, EXCLUDE_DATABASES, Example.EXCLUDE_DATABASES, NamePattern::ofName))
                : PostgresScope.of(selection);
    }

    private static boolean everyDatabase(Section section) {
        return section.text(DATABASES, Example.DATABASES)
                .map(text -> {
                    if (!text.equals("all")) {
                        throw new Stop(
                                section.line(DATABASES),
                                "'" + section.path() + ".databases' is '" + text
                                        + "'; expected all, or nothing for the one that the url names",
                                Example.DATABASES);
                    }
                    return true;
                })
                .orElse(false);
    }

    private static Names names(Section section, String key, String example, Consumer<String> check) {
        if (!section.has(key)) {
            return Names.ALL;
        }
        Section names = section.section(key, example).only(List.of("include", "exclude"), example);
        return new Names(patterns(names, "include", example, check), patterns(names, "exclude", example, check));
    }

    private static List<String> patterns(Section section, String key, String example, Consumer<String> check) {
        List<String> patterns = section.texts(key, example);
        if (section.has(key) && patterns.isEmpty()) {
            throw new Stop(section.line(key), "'" + section.path() + "." + key + "' is empty", example);
        }
        for (String pattern : patterns) {
            try {
                check.accept(pattern);
            } catch (Invalid e) {
                throw new Stop(section.line(key), "'" + section.path() + "." + key + "': " + e.getMessage(), e.hint());
            }
        }
        return patterns;
    }
}
