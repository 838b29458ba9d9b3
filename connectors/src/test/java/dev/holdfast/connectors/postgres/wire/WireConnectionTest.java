package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.demo.stand.PrivatePostgres;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(Stand.UntilTheEnd.class)
class WireConnectionTest {
    private static PrivatePostgres server;

    @BeforeAll
    static void start() throws Exception {
        server = Stand.shared();
    }

    @Test
    void a_query_returns_the_rows_of_all_statements_as_text() throws Exception {
        try (WireConnection connection = Stand.open(server)) {
            assertThat(connection.query("SELECT 1, NULL, 'ä' ; ; SET search_path = ''; VALUES ('x'), ('')"))
                    .containsExactly(Arrays.asList("1", null, "ä"), List.of("x"), List.of(""));
            assertThat(connection.parameter("client_encoding")).isEqualTo("UTF8");
            assertThat(connection.query("SELECT pg_backend_pid()").getFirst().getFirst())
                    .isEqualTo(Integer.toString(connection.processId()));
        }
    }

    @Test
    void rows_arrive_as_the_server_wrote_them() throws Exception {
        try (WireConnection connection = Stand.open(server)) {
            Rows rows = new Rows();

            long count = connection.copyOut("COPY (SELECT i, 'a' || i FROM generate_series(1, 3) i) TO STDOUT", rows);

            assertThat(count).isEqualTo(3).isEqualTo(rows.count());
            assertThat(rows.text()).isEqualTo("1\ta1\n2\ta2\n3\ta3\n");
        }
    }

    @Test
    void an_error_leaves_the_connection_usable() throws Exception {
        try (WireConnection connection = Stand.open(server)) {
            ServerError error = catchThrowableOfType(ServerError.class, () -> connection.query("SELECT 1; SELEC 2"));

            assertThat(error.sqlState()).isEqualTo("42601");
            assertThat(error.position()).isEqualTo(11);
            assertThat(connection.query("SELECT 5")).containsExactly(List.of("5"));
        }
    }

    @Test
    void rows_that_are_sent_are_in_the_table() throws Exception {
        try (WireConnection connection = Stand.open(server)) {
            connection.query("CREATE TEMP TABLE taken (a int, b text)");
            try (CopyIn copy = connection.copyIn("COPY taken FROM STDIN")) {
                byte[] rows = "1\tx\n2\ty\n".getBytes(StandardCharsets.UTF_8);
                copy.write(rows, 0, 3);
                copy.write(rows, 3, rows.length - 3);
                assertThat(copy.finish()).isEqualTo(2);
            }
            assertThat(connection.query("SELECT b FROM taken ORDER BY a")).containsExactly(List.of("x"), List.of("y"));
        }
    }
}
