package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.Among;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabasePartTest {
    @ParameterizedTest
    @CsvSource({
        "shop, server/shop",
        "my.shop-2_x, server/my.shop-2_x",
        "Straße, server/Straße",
        "two words, server/two%20words",
        "a/b, server/a%2Fb",
        "a=b, server/a%3Db",
        "50%25, server/50%2525",
        "a😀b, server/a%F0%9F%98%80b",
    })
    void a_database_is_named_after_its_source(String database, String name) {
        assertThat(new DatabasePart("server", database).name()).isEqualTo(name);
        assertThat(DatabasePart.parse(name)).contains(new DatabasePart("server", database));
    }

    @ParameterizedTest
    @ValueSource(strings = {"database", "my.shop-2", "/shop"})
    void other_parts_are_none(String name) {
        assertThat(DatabasePart.parse(name)).isEmpty();
    }

    @Test
    void a_stray_percent_sign_means_itself() {
        assertThat(DatabasePart.parse("server/100%").orElseThrow().database()).isEqualTo("100%");
        assertThat(DatabasePart.parse("server/%zz").orElseThrow().database()).isEqualTo("%zz");
    }

    @Test
    void the_source_of_such_a_part_is_one_database_of_a_source_with_all() {
        PostgresConfig server = new PostgresConfig(
                "server",
                new Secret("postgresql://me@db:5432/postgres?sslmode=require"),
                Optional.of(new Secret("pw")),
                3,
                PostgresScope.all(List.of("test_*")),
                Optional.empty());
        StackConfig stack = new StackConfig(
                "shop",
                List.of(server, new DirectoryConfig("uploads", Path.of("/srv/uploads"), List.of())),
                RepositoryConfig.of(Optional.empty(), List.of(new LocalConfig("disk", Path.of("/backups")))));

        assertThat(stack.source("server/two%20words"))
                .contains(new PostgresConfig(
                        "server/two%20words",
                        new Secret("postgresql://me@db:5432/two%20words?sslmode=require"),
                        Optional.of(new Secret("pw")),
                        3,
                        PostgresScope.oneOfAll(Among.OTHERS),
                        Optional.empty()));
        assertThat(stack.source("server")).contains(server);
        assertThat(stack.source("uploads/x")).isEmpty();
        assertThat(stack.source("other/x")).isEmpty();
    }
}
