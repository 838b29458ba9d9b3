package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Invalid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresLocationTest {
    @Test
    void a_url_says_where_and_who() {
        PostgresLocation location = PostgresLocation.parse(
                "postgresql://sh%40p:p%3Aw%2F%C3%A9@db.example.com:6432/my%20shop?sslmode=verify-full&connect_timeout=3");
        assertThat(location.user()).isEqualTo("sh@p");
        assertThat(location.password()).contains("p:w/é");
        assertThat(location.host()).isEqualTo("db.example.com");
        assertThat(location.port()).isEqualTo(6432);
        assertThat(location.database()).isEqualTo("my shop");
        assertThat(location.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example.com:6432/my+shop");
        assertThat(location.jdbcProperties())
                .containsEntry("user", "sh@p")
                .containsEntry("password", "p:w/é")
                .containsEntry("sslmode", "verify-full")
                .containsEntry("connectTimeout", "3");
        assertThat(location.environment())
                .containsEntry("PGPASSWORD", "p:w/é")
                .containsEntry("PGSSLMODE", "verify-full")
                .containsEntry("PGCONNECT_TIMEOUT", "3");
        assertThat(location)
                .hasToString("postgresql://sh%40p@db.example.com:6432/my%20shop?connect_timeout=3&sslmode=verify-full");
        assertThat(PostgresLocation.parse(location.toString()).withPassword("p:w/é"))
                .isEqualTo(location);
    }

    @Test
    void what_is_not_said_has_the_usual_defaults() {
        PostgresLocation location = PostgresLocation.parse("postgres://");
        assertThat(location.host()).isEqualTo("localhost");
        assertThat(location.port()).isEqualTo(5432);
        assertThat(location.user()).isEqualTo(System.getProperty("user.name"));
        assertThat(location.database()).isEqualTo(location.user());
        assertThat(PostgresLocation.parse("postgresql://me@h").database()).isEqualTo("me");
        assertThat(PostgresLocation.parse("postgresql://[::1]:7/d"))
                .hasToString("postgresql://" + System.getProperty("user.name") + "@[::1]:7/d");
        assertThat(PostgresLocation.parse("postgresql://[::1]/d").host()).isEqualTo("::1");
        assertThat(PostgresLocation.parse("postgresql:///d?host=h&port=9&user=u&password=p"))
                .isEqualTo(PostgresLocation.parse("postgresql://u:p@h:9/d"));
    }

    @Test
    void another_database_of_the_server_keeps_everything_else() {
        PostgresLocation location = PostgresLocation.parse("postgresql://u:secret@h:9/d?sslmode=require");
        assertThat(location.withDatabase("o'ther")).hasToString("postgresql://u@h:9/o%27ther?sslmode=require");
        assertThat(location.withDatabase("o'ther").password()).contains("secret");
        assertThat(location.withDatabase("o'th\\er").connectionArgument()).startsWith("dbname='o\\'th\\\\er' ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:secret@h/d",
                "u:secret@h",
                "postgresql://u:secret@h:port/d",
                "postgresql://u:secret@h:0/d",
                "postgresql://u:secret@h:70000/d",
                "postgresql://u:secret%@h/d",
                "postgresql://u:secret%zz@h/d",
                "postgresql://u:secret%ff@h/d",
                "postgresql://u:secret@h/d?sslmode=perhaps",
                "postgresql://u:secret@h/d?colour=blue",
                "postgresql://u:secret@h/d?sslmode",
                "postgresql://u:secret@h1,h2/d",
                "postgresql://u:secret@[::1/d",
                "postgresql:///d?host=/var/run/postgresql&password=secret"
            })
    void what_cannot_be_understood_is_refused_without_telling_the_password(String url) {
        assertThatThrownBy(() -> PostgresLocation.parse(url))
                .isInstanceOf(Invalid.class)
                .hasMessageNotContaining("secret");
    }
}
