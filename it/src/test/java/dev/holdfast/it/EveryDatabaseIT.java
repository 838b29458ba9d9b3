package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.PrivatePostgres;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A whole server as one source, by the real commands: captured, lost, brought back onto an empty one. */
@ExtendWith(Stands.Provided.class)
class EveryDatabaseIT {
    @Test
    void all_databases_of_a_server_come_back_with_its_roles(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "server")) {
            PrivatePostgres server = stack.closing(server(stack, "old"));
            server.createDatabase("shop");
            server.createDatabase("odd");
            server.createDatabase("test_1");
            server.execute(
                    "shop",
                    "CREATE ROLE clerk LOGIN PASSWORD 'c'",
                    "CREATE ROLE unlinked",
                    "CREATE SCHEMA audit",
                    "CREATE TABLE orders AS SELECT i AS id, 'order ' || i AS what FROM generate_series(1, 1000) i",
                    "ALTER TABLE orders OWNER TO clerk");
            server.execute("odd", "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1), (2)");
            server.execute("postgres", "ALTER DATABASE odd RENAME TO \"a/b = c%\"");
            stack.describe(List.of(source(server)), List.of(stack.diskDestination()))
                    .init();

            Outcome backup = stack.backup();
            assertThat(backup.texts("parts", "name")).containsExactly("server/a%2Fb%20%3D%20c%25", "server/shop");

            PrivatePostgres fresh = stack.closing(server(stack, "new"));
            String place = fresh.url("").replaceAll("/$", "");
            stack.json("restore", "--part", "server", "--to", "server=" + place).succeeded();
            stack.equal("--with", "server=" + place);
            assertThat(fresh.query("shop", "SELECT count(*) FROM orders")).isEqualTo("1000");
            assertThat(fresh.query("postgres", "SELECT count(*) FROM pg_roles WHERE rolname IN ('clerk', 'unlinked')"))
                    .isEqualTo("2");

            server.dropDatabase("a/b = c%");
            Outcome without = stack.json("backup").degraded();
            assertThat(without.toString()).contains("the server has no such database any more");
        }
    }

    private static PrivatePostgres server(Stack stack, String name) {
        return PrivatePostgres.in(stack.folder().resolve(name)).forgetful().start();
    }

    private static String source(PrivatePostgres server) {
        return "server: {postgres: {url: '" + server.url("postgres")
                + "', connections: 2, databases: all, exclude-databases: ['test_*']}}";
    }
}
