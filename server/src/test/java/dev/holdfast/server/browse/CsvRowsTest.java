package dev.holdfast.server.browse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvRowsTest {
    private static String csv(List<String> columns, String rows) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CsvRows.write(columns, new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void values_are_quoted_and_null_is_not() throws IOException {
        assertThat(csv(List.of("id", "name"), "1\tAnn\n2\t\\N\n3\t\n"))
                .isEqualTo("\"id\",\"name\"\r\n\"1\",\"Ann\"\r\n\"2\",\r\n\"3\",\"\"\r\n");
    }

    @Test
    void what_copy_escapes_is_itself_again() throws IOException {
        assertThat(csv(List.of("t"), "a\\tb\\nc\\\\d\\r\\b\\f\\v\n"))
                .isEqualTo("\"t\"\r\n\"a\tb\nc\\d\r\b\f\u000b\"\r\n");
        assertThat(csv(List.of("t"), "\\\\N\n")).isEqualTo("\"t\"\r\n\"\\N\"\r\n");
    }

    @Test
    void quotes_are_doubled_also_in_names() throws IOException {
        assertThat(csv(List.of("a\"b"), "say \"hi\"\tü\n")).isEqualTo("\"a\"\"b\"\r\n\"say \"\"hi\"\"\",\"ü\"\r\n");
    }

    @Test
    void an_empty_table_has_its_header_and_one_without_columns_has_empty_rows() throws IOException {
        assertThat(csv(List.of("a"), "")).isEqualTo("\"a\"\r\n");
        assertThat(csv(List.of("a", "b"), "\\N\t\\N\n\\N\tx\n")).isEqualTo("\"a\",\"b\"\r\n,\r\n,\"x\"\r\n");
    }
}
