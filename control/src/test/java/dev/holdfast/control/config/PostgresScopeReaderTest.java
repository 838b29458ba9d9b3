package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.Selection;
import dev.holdfast.connectors.postgres.Selection.Names;
import dev.holdfast.engine.error.HoldfastException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresScopeReaderTest {
    private static PostgresScope read(String keys) {
        String file = """
                stack: shop
                sources:
                  database:
                    postgres:
                      url: postgresql://shop@db/shop
                %s
                repository:
                  passphrase: four random words
                  destinations: {disk: {local: {path: /var/backups/shop}}}
                """.formatted(keys.indent(6).stripTrailing());
        StackConfig stack = new StackFileReader(new Environment(Map.of()))
                .parse(Path.of("/srv/shop/holdfast.yaml"), "holdfast.yaml", file);
        return ((PostgresConfig) stack.sources().getFirst()).scope();
    }

    private static void refused(String keys, String message) {
        assertThatThrownBy(() -> read(keys))
                .hasMessage("holdfast.yaml:" + message)
                .satisfies(e -> assertThat(((HoldfastException) e).hint()).isNotEmpty());
    }

    @Test
    void without_a_word_it_is_the_whole_database() {
        assertThat(read("connections: 2")).isEqualTo(PostgresScope.DATABASE);
    }

    @Test
    void schemas_and_tables_are_chosen_by_patterns() {
        assertThat(read("""
                        schemas: {exclude: [audit, "tmp_*"]}
                        tables:
                          include: ['public.*', '"Odd Schema".t']
                        exclude-data: [public.sessions]"""))
                .isEqualTo(PostgresScope.of(new Selection(
                        new Names(List.of(), List.of("audit", "tmp_*")),
                        new Names(List.of("public.*", "\"Odd Schema\".t"), List.of()),
                        List.of("public.sessions"))));
    }

    @Test
    void all_databases_are_chosen_by_a_word() {
        assertThat(read("databases: all\nexclude-databases: ['test_*']"))
                .isEqualTo(PostgresScope.all(List.of("test_*")));
    }

    @Test
    void what_is_no_pattern_is_told_with_its_line() {
        refused(
                "tables: {exclude: [orders]}",
                "6: 'sources.database.postgres.tables.exclude': pattern 'orders' is not schema.table");
        refused("schemas: {exclude: []}", "6: 'sources.database.postgres.schemas.exclude' is empty");
        refused(
                "schemas: {exclud: [a]}",
                "6: unknown key 'sources.database.postgres.schemas.exclud'; did you mean 'exclude'?");
        refused("tables: public.orders", "6: 'sources.database.postgres.tables' must be a map, not a single value");
    }

    @Test
    void what_does_not_go_together_is_told() {
        refused(
                "databases: all\ntables: {exclude: [public.t]}",
                "7: 'sources.database.postgres' has 'tables' for all databases at once");
        refused(
                "exclude-databases: [a]",
                "6: 'sources.database.postgres' has 'exclude-databases' for a single database");
        refused(
                "databases: some",
                "6: 'sources.database.postgres.databases' is 'some'; expected all, or nothing for the one that the url names");
    }
}
