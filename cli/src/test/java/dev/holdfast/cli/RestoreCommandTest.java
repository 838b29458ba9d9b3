package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.PostgresRestore.Landing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RestoreCommandTest {
    private static PostgresRestore choice(String... arguments) {
        RestoreCommand.DatabaseChoices choices = new RestoreCommand.DatabaseChoices();
        new CommandLine(choices).parseArgs(arguments);
        return choices.choice();
    }

    @Test
    void nothing_said_is_a_whole_database_as_it_was() {
        assertThat(choice()).isEqualTo(PostgresRestore.WHOLE);
    }

    @Test
    void a_comparison_is_asked_for_or_not_or_left_to_what_is_usual() {
        assertThat(choice().compare()).isEmpty();
        assertThat(choice("--compare").compare()).contains(true);
        assertThat(choice("--no-compare").compare()).contains(false);
    }

    @Test
    void what_is_asked_of_a_database_reaches_it() {
        PostgresRestore some = choice(
                "--schema",
                "app",
                "--table",
                "public.a",
                "--table",
                "b*",
                "--schema-only",
                "--side-schema",
                "side",
                "--map-role",
                "a=b",
                "--map-role",
                "c=d",
                "--no-privileges",
                "--drop-old");
        assertThat(some.schemas()).containsExactly("app");
        assertThat(some.tables()).isEqualTo(List.of("public.a", "b*"));
        assertThat(some.contents()).isEqualTo(Contents.SCHEMA);
        assertThat(some.landing()).isEqualTo(new Landing.SideSchema(Optional.of("side")));
        assertThat(some.ownership().roles()).isEqualTo(Map.of("a", "b", "c", "d"));
        assertThat(some.ownership().keepRights()).isFalse();
        assertThat(some.ownership().keepOwners()).isTrue();
        assertThat(some.keepReplaced()).isFalse();
        PostgresRestore rows = choice("--data-only", "--truncate", "--owner", "me", "--original-schema");
        assertThat(rows.contents()).isEqualTo(Contents.DATA);
        assertThat(rows.truncate()).isTrue();
        assertThat(rows.ownership().owner()).contains("me");
        assertThat(rows.landing()).isEqualTo(new Landing.OriginalSchema());
    }

    @Test
    void what_excludes_each_other_is_told() {
        assertThatThrownBy(() -> choice("--schema-only", "--data-only"))
                .hasMessage("--schema-only and --data-only exclude each other");
        assertThatThrownBy(() -> choice("--side-schema", "x", "--original-schema"))
                .hasMessage("--side-schema and --original-schema exclude each other");
        assertThatThrownBy(() -> choice("--truncate")).hasMessageContaining("only where rows alone are restored");
        assertThatThrownBy(() -> choice("--owner", "x", "--no-owner")).hasMessageContaining("exclude each other");
        assertThatThrownBy(() -> choice("--side-schema", "pg_x")).hasMessage("'pg_x' cannot be the name of a schema");
        assertThatThrownBy(() -> choice("--table", "a.b.c")).hasMessage("pattern 'a.b.c' is not schema.table");
    }
}
