package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NamePatternTest {
    private static boolean matches(String pattern, String schema, String table) {
        return NamePattern.ofTable(pattern).matches(schema, table);
    }

    @Test
    void names_are_read_as_in_sql() {
        assertThat(matches("public.orders", "public", "orders")).isTrue();
        assertThat(matches("Public.ORDERS", "public", "orders")).isTrue();
        assertThat(matches("public.orders", "public", "orders2")).isFalse();
        assertThat(matches("public.\"Orders\"", "public", "Orders")).isTrue();
        assertThat(matches("public.\"Orders\"", "public", "orders")).isFalse();
        assertThat(matches("\"Odd.\"\"Schema\".\"a*b\"", "Odd.\"Schema", "a*b")).isTrue();
        assertThat(matches("\"Odd.\"\"Schema\".\"a*b\"", "Odd.\"Schema", "axb")).isFalse();
        assertThat(matches("orders", "anything", "orders")).isTrue();
        assertThat(matches("a(b.c+d", "a(b", "c+d")).isTrue();
    }

    @Test
    void wildcards_stand_for_characters() {
        assertThat(matches("public.*", "public", "anything\nat all")).isTrue();
        assertThat(matches("app?.ord*", "app1", "orders")).isTrue();
        assertThat(matches("app?.ord*", "app", "orders")).isFalse();
        assertThat(NamePattern.ofSchema("a*").matches("abc", "x")).isTrue();
    }

    @Test
    void what_is_no_name_is_refused() {
        for (String odd : new String[] {"", ".a", "a.", "a.b.c", "\"a", "\"\".x"}) {
            assertThatThrownBy(() -> NamePattern.ofTable(odd)).as(odd).hasMessageStartingWith("'" + odd + "' ");
        }
        assertThatThrownBy(() -> NamePattern.ofSchema("a.b")).hasMessage("'a.b' is not the name of a schema");
    }
}
