package dev.holdfast.connectors.dump;

import dev.holdfast.connectors.postgres.ForeignDumps;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.nio.file.Path;

/** Backup files as people's own tools make them, of one small database. */
final class Dumps implements AutoCloseable {
    static final String PASSPHRASE = "over the hills";

    private final Path folder;
    private final PrivatePostgres server;

    Dumps(Path folder) {
        this.folder = folder;
        server = PrivatePostgres.in(folder.resolve("server")).forgetful().start();
        server.execute("postgres", "CREATE ROLE clerk", "CREATE DATABASE shop");
        server.execute(
                "shop",
                "CREATE SCHEMA \"Odd one\"",
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT n, 'order ' || n || E'\\n\\\\.\\ttab' FROM generate_series(1, 500) n",
                "CREATE TABLE \"Odd one\".\"a \"\"b\"\"\" (v bytea)",
                "INSERT INTO \"Odd one\".\"a \"\"b\"\"\" SELECT decode(md5(n::text), 'hex') FROM generate_series(1, 300) n",
                "CREATE TABLE empty (v int)",
                "CREATE TABLE bare ()",
                "INSERT INTO bare DEFAULT VALUES",
                "INSERT INTO bare DEFAULT VALUES",
                "CREATE TABLE parts (id int) PARTITION BY RANGE (id)",
                "CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (100) TO (200)",
                "INSERT INTO parts SELECT generate_series(50, 149)",
                "ALTER TABLE orders OWNER TO clerk",
                "GRANT SELECT ON parts TO clerk",
                "SELECT lo_from_bytea(0, decode(repeat('ab', 5000), 'hex')) FROM generate_series(1, 3)",
                "CREATE FUNCTION copies() RETURNS text LANGUAGE sql AS $$ SELECT '\nCOPY orders (id) FROM stdin;\n' $$");
    }

    /** Makes a file with a shell command, in which {@code $OUT} is its name. */
    Path made(String name, String command) {
        return new ForeignDumps(folder, server, "shop").made(name, command);
    }

    @Override
    public void close() {
        server.close();
    }
}
