package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "public.orders, public, orders, true",
        "public.orders, public, orders2, false",
        "Public.ORDERS, public, orders, true",
        "public.orders, public, Orders, false",
        "public.\"Orders\", public, Orders, true",
        "*.log_?, audit, log_1, true",
        "*.log_?, audit, log_12, false",
        "p*c.*, public, anything, true",
        "public.\"a*\", public, a*, true",
        "public.\"a*\", public, ab, false",
        "public.\"a\"*, public, abc, true",
        "\"odd.schema\".t, odd.schema, t, true",
        "public.\"say \"\"hi\"\"\", public, 'say \"hi\"', true",
        "public.r?le, public, röle, true",
        "public.RÖLE, public, rÖle, true",
        "public.?, public, 😀, true",
        "public.a$b, public, a$b, true",
        "public.a-b, public, a-b, true",
    })
    void a_pattern_for_tables_matches_as_psql_does(String pattern, String schema, String name, boolean matches) {
        assertThat(NamePattern.ofTable(pattern).matches(schema, name)).isEqualTo(matches);
    }

    @Test
    void a_line_end_in_a_name_is_a_character_like_others() {
        assertThat(NamePattern.ofName("a*b").matches("a\n\tb")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "orders; is not schema.table",
                "db.public.orders; is not schema.table",
                "public.; has an empty name",
                "''; has an empty name",
                "public.\"orders; has a double quote that is not closed",
                "public.(a|b); has '(' outside quotes",
                "public.a[1]; has '[' outside quotes",
            })
    void what_is_no_pattern_is_said(String text, String why) {
        assertThatThrownBy(() -> NamePattern.ofTable(text))
                .isInstanceOf(Invalid.class)
                .hasMessage("pattern '" + text + "' " + why)
                .satisfies(e -> assertThat(((HoldfastException) e).hint()).isNotEmpty());
    }

    @Test
    void a_name_alone_has_no_dot() {
        assertThatThrownBy(() -> NamePattern.ofName("a.b")).hasMessage("pattern 'a.b' has a dot");
        assertThat(NamePattern.ofName("\"a.b\"").matches("a.b")).isTrue();
    }
}
