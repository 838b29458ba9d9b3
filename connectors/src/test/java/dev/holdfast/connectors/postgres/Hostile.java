package dev.holdfast.connectors.postgres;

/** Statements that make a database with every trap in it that a dump has ever fallen into. */
final class Hostile {
    private Hostile() {}

    static final String ROLES = """
            DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app Owner') THEN
                CREATE ROLE "app Owner" LOGIN PASSWORD 'secret' CONNECTION LIMIT 7;
                CREATE ROLE app_read NOINHERIT;
                CREATE ROLE "röle""quote";
                GRANT app_read TO "app Owner" WITH ADMIN OPTION;
                GRANT pg_monitor TO app_read;
                ALTER ROLE app_read SET statement_timeout = '7s';
                ALTER ROLE app_read SET search_path = public, "Odd Schema";
              END IF;
            END $$""";

    static final String SCHEMA = """
            CREATE EXTENSION IF NOT EXISTS hstore;
            CREATE EXTENSION IF NOT EXISTS btree_gist;
            CREATE SCHEMA "Odd Schema" AUTHORIZATION "app Owner";
            CREATE SCHEMA "new
            line.""dot";

            CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "quoted"');
            CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE TYPE address AS (street text, number positive, moods mood[]);
            CREATE TYPE span AS RANGE (subtype = float8);

            CREATE TABLE types (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              document jsonb, raw bytea, numbers int[], words text[][], m mood, a address, s span, ms int4multirange,
              at timestamptz, d date, i interval, f float8, g float4, n numeric, cash money, x xml, k hstore, u uuid,
              ip inet, bits bit varying, tsv tsvector, reg regclass, rp regprocedure, c "char", nm name, p point,
              addresses address[]);
            INSERT INTO types (document, raw, numbers, words, m, a, s, ms, at, d, i, f, g, n, cash, x, k, u, ip, bits, tsv,
              reg, rp, c, nm, p, addresses)
            VALUES ('{"a": [1, null, "\\u00e9\\n\\t\\\\"]}', '\\x00ff0a5c2e', '{1,NULL,3}', '{{"a,b","NULL"},{"\\\\","\\""}}',
              'it''s "quoted"', ROW('a "street", (odd)', 5, '{sad,ok}'), '[1.5,2.5)', '{[1,3),[5,7)}',
              '1867-10-18 12:00:00-09:01:13', '2024-02-01', '-1 year 2 days -03:04:05.6', 0.1::float8 + 0.2, 1e-37, 'NaN',
              12345.67, '<a>b</a><c/>', '"k"=>"v, \\"q\\"", n=>NULL', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '::1/64',
              B'10101', 'fat & cat', 'pg_class', 'pg_catalog.lower(text)', 'x', 'name', '(1,2)',
              ARRAY[ROW('x', 1, NULL)::address, NULL]),
              ('null', '', '{}', '{}', 'sad', NULL, 'empty', '{}', 'infinity', '-infinity', '0', '-0', 'Infinity', '-0.00',
              -0.01, '', '', NULL, NULL, '', '', NULL, NULL, '', '', NULL, '{}');
            INSERT INTO types DEFAULT VALUES;
            INSERT INTO types (document, raw, words) SELECT jsonb_build_object('i', i, 't', repeat(E'\\\\.\\n', i % 50)),
              decode(md5(i::text), 'hex'), ARRAY[['\\N', E'\\r\\n\\t']] FROM generate_series(1, 5000) i;
            ALTER TABLE types OWNER TO "app Owner";

            CREATE TABLE "Odd Schema"."table ""with"" quote; DROP" ("column, 1" int, "é€😀" text, "sel""ect" int);
            INSERT INTO "Odd Schema"."table ""with"" quote; DROP" VALUES (1, E'\\\\.', 2), (NULL, '\\N', NULL);
            CREATE TABLE "new
            line.""dot"."tab\tle
            x" ("a
            b" int);
            INSERT INTO "new
            line.""dot"."tab\tle
            x" VALUES (42);
            CREATE TABLE abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc (x int);
            INSERT INTO abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc VALUES (1);
            CREATE TABLE "select" ("from" int, "table" text DEFAULT 'x');
            INSERT INTO "select" VALUES (1);

            CREATE TABLE generated (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c text);
            INSERT INTO generated (a, c) VALUES (1, 'one'), (2, NULL);
            CREATE TABLE only_generated (b int GENERATED ALWAYS AS (42) STORED);
            INSERT INTO only_generated DEFAULT VALUES;
            INSERT INTO only_generated DEFAULT VALUES;
            CREATE TABLE zero_columns ();
            INSERT INTO zero_columns DEFAULT VALUES;
            INSERT INTO zero_columns DEFAULT VALUES;
            INSERT INTO zero_columns DEFAULT VALUES;
            CREATE TABLE empty_table (x int);
            CREATE TABLE dropped (gone1 int, keep1 text, gone2 int, keep2 text);
            INSERT INTO dropped VALUES (1, 'a', 2, 'b');
            ALTER TABLE dropped DROP COLUMN gone1, DROP COLUMN gone2, ADD COLUMN added int DEFAULT 7;
            CREATE UNLOGGED TABLE unlogged (x int);
            INSERT INTO unlogged VALUES (1), (2);

            CREATE TABLE parent (id int, v text);
            CREATE TABLE child (extra int) INHERITS (parent);
            CREATE TABLE grandchild () INHERITS (child);
            ALTER TABLE parent ADD COLUMN late int;
            INSERT INTO parent VALUES (1, 'parent', 10);
            INSERT INTO child (id, v, extra, late) VALUES (2, 'child', 3, 4);
            INSERT INTO grandchild (id, v, extra, late) VALUES (3, 'grandchild', 5, 6);

            CREATE TABLE by_range (id int, at date, v text) PARTITION BY RANGE (at);
            CREATE TABLE by_range_2023 PARTITION OF by_range FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
            CREATE TABLE by_range_2024 (v text, at date, gone int, id int);
            ALTER TABLE by_range_2024 DROP COLUMN gone;
            ALTER TABLE by_range ATTACH PARTITION by_range_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            CREATE TABLE by_range_rest PARTITION OF by_range DEFAULT PARTITION BY LIST (id);
            CREATE TABLE by_range_rest_1 PARTITION OF by_range_rest FOR VALUES IN (1, NULL);
            CREATE TABLE by_range_rest_n PARTITION OF by_range_rest DEFAULT;
            INSERT INTO by_range VALUES (1, '2023-05-05', 'a'), (2, '2024-02-01', 'b'), (1, '1999-01-01', 'c'),
              (9, NULL, 'd'), (NULL, NULL, 'e');
            CREATE TABLE by_hash (m mood, v int) PARTITION BY HASH (m);
            CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 0);
            CREATE TABLE by_hash_1 (v int, m mood);
            ALTER TABLE by_hash ATTACH PARTITION by_hash_1 FOR VALUES WITH (MODULUS 3, REMAINDER 1);
            CREATE TABLE by_hash_2 PARTITION OF by_hash FOR VALUES WITH (MODULUS 3, REMAINDER 2);
            INSERT INTO by_hash SELECT (enum_range(NULL::mood))[1 + i % 3], i FROM generate_series(1, 100) i;
            CREATE TABLE by_hash_int (i int) PARTITION BY HASH (i);
            CREATE TABLE by_hash_int_0 PARTITION OF by_hash_int FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE by_hash_int_1 PARTITION OF by_hash_int FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            INSERT INTO by_hash_int SELECT generate_series(1, 50);

            CREATE SEQUENCE standalone START 5 INCREMENT 5;
            SELECT nextval('standalone'), nextval('standalone');
            CREATE SEQUENCE never_used START 17;
            CREATE SEQUENCE negative INCREMENT -3 MINVALUE -100 MAXVALUE -1 START -7;
            SELECT nextval('negative'), nextval('negative');
            CREATE SEQUENCE cycled MINVALUE 1 MAXVALUE 3 CYCLE;
            SELECT nextval('cycled') FROM generate_series(1, 5);
            CREATE SEQUENCE "Odd ""Sequence" AS smallint MAXVALUE 99;
            SELECT setval('"Odd ""Sequence"', 99);
            CREATE TABLE serials (a serial, b bigserial, c int GENERATED BY DEFAULT AS IDENTITY (START 100),
              d int DEFAULT nextval('standalone'), e int DEFAULT nextval('standalone'));
            INSERT INTO serials DEFAULT VALUES;

            CREATE TABLE cycle_a (id int PRIMARY KEY, b int);
            CREATE TABLE cycle_b (id int PRIMARY KEY, a int REFERENCES cycle_a DEFERRABLE INITIALLY DEFERRED);
            INSERT INTO cycle_b VALUES (1, NULL);
            INSERT INTO cycle_a VALUES (1, 1);
            ALTER TABLE cycle_a ADD FOREIGN KEY (b) REFERENCES cycle_b;
            UPDATE cycle_b SET a = 1;
            CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree ON DELETE CASCADE);
            INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3);
            CREATE TABLE constrained (a int, b int, c text, during tsrange, room int,
              UNIQUE NULLS NOT DISTINCT (a), UNIQUE (b) DEFERRABLE,
              CHECK (c IN ('x', 'y')), CHECK (b > 0) NO INHERIT,
              EXCLUDE USING gist (room WITH =, during WITH &&));
            INSERT INTO constrained VALUES (NULL, 1, 'x', '[2024-01-01,2024-01-02)', 1), (2, NULL, 'y', NULL, 1);
            ALTER TABLE constrained ADD CONSTRAINT late CHECK (a < 1000) NOT VALID;
            CREATE TABLE varchar_check (v varchar(10) CHECK (v IN ('a', 'b')), w varchar NOT NULL);
            CREATE INDEX varchar_index ON varchar_check (lower(v), (w || 'x')) WHERE v IN ('a', 'b');
            CREATE INDEX constrained_brin ON constrained USING brin (b);
            CREATE STATISTICS some_statistics ON a, b FROM constrained;
            ALTER TABLE constrained ALTER COLUMN c SET STATISTICS 500, ALTER COLUMN c SET STORAGE EXTERNAL;

            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$
              BEGIN NEW.v := NEW.v || ' touched'; RETURN NEW; END $f$;
            CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE TRIGGER off BEFORE DELETE ON parent FOR EACH ROW EXECUTE FUNCTION touch();
            ALTER TABLE parent DISABLE TRIGGER off;
            CREATE RULE ignore AS ON DELETE TO "select" DO INSTEAD NOTHING;
            CREATE FUNCTION unqualified(i int) RETURNS int LANGUAGE sql STABLE AS 'SELECT count(*)::int + i FROM tree';
            CREATE PROCEDURE proc(INOUT a int) LANGUAGE plpgsql AS 'BEGIN a := a + 1; END';
            CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
            CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
            CREATE COLLATION numeric_c (provider = libc, locale = 'C');
            CREATE CAST (mood AS int) WITH INOUT;
            CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);

            CREATE VIEW a_view AS SELECT id, v FROM parent WHERE v IN ('a', 'b') WITH LOCAL CHECK OPTION;
            CREATE MATERIALIZED VIEW filled AS SELECT id, up FROM tree;
            CREATE UNIQUE INDEX ON filled (id);
            CREATE MATERIALIZED VIEW on_filled AS SELECT count(*) AS n, total(id) FROM filled;
            CREATE MATERIALIZED VIEW not_filled AS SELECT id FROM tree WITH NO DATA;

            CREATE TABLE secured (owner name, v text);
            INSERT INTO secured VALUES ('nobody', 'hidden'), ('app Owner', 'seen');
            ALTER TABLE secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE POLICY own ON secured FOR ALL TO "app Owner" USING (owner = current_user) WITH CHECK (true);

            CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $f$
              BEGIN RAISE NOTICE 'ddl'; END $f$;
            CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION log_ddl();
            CREATE PUBLICATION pub FOR TABLE types WHERE (id > 5), TABLES IN SCHEMA "Odd Schema";
            CREATE FOREIGN DATA WRAPPER nowhere;
            CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
            CREATE FOREIGN TABLE foreign_rows (x int) SERVER far;

            COMMENT ON TABLE types IS E'a comment; with ''quotes'' and\\nlines';
            COMMENT ON COLUMN types.document IS 'column';
            COMMENT ON SCHEMA "Odd Schema" IS '-- not a comment';
            GRANT SELECT, UPDATE (document) ON types TO app_read WITH GRANT OPTION;
            GRANT SELECT ON ALL TABLES IN SCHEMA "Odd Schema" TO "röle""quote", PUBLIC;
            REVOKE ALL ON FUNCTION touch() FROM PUBLIC;
            GRANT USAGE ON SCHEMA "Odd Schema" TO app_read;
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SEQUENCE standalone TO app_read;
            ALTER DEFAULT PRIVILEGES FOR ROLE "app Owner" IN SCHEMA "Odd Schema" GRANT SELECT ON TABLES TO app_read;
            ALTER DEFAULT PRIVILEGES FOR ROLE "app Owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

            SELECT lo_from_bytea(4242, 'small'), lo_from_bytea(4000000000, ''),
              lo_from_bytea(4243, decode(repeat('00ff10', 1000000), 'hex')), lo_from_bytea(4244, decode(repeat('61', 65536), 'hex'));
            SELECT lo_put(lo_create(4245), 3000000, 'after a hole');
            ALTER LARGE OBJECT 4242 OWNER TO "app Owner";
            GRANT SELECT ON LARGE OBJECT 4243 TO app_read;
            COMMENT ON LARGE OBJECT 4244 IS 'sixty-four KiB';
            SELECT lo_create(0) FROM generate_series(1, 200);
            """;

    /** Settings that change what values look like, and what must not get into the way of a restore. */
    static String settings(String database) {
        return """
            ALTER DATABASE "%1$s" SET DateStyle = 'SQL, DMY';
            ALTER DATABASE "%1$s" SET IntervalStyle = 'sql_standard';
            ALTER DATABASE "%1$s" SET bytea_output = 'escape';
            ALTER DATABASE "%1$s" SET extra_float_digits = -5;
            ALTER DATABASE "%1$s" SET TimeZone = 'Asia/Kathmandu';
            ALTER DATABASE "%1$s" SET default_transaction_read_only = on;
            ALTER DATABASE "%1$s" SET statement_timeout = '1h';
            ALTER DATABASE "%1$s" SET search_path = "Odd Schema", "$user", public;
            ALTER DATABASE "%1$s" SET app.tenant = 'it''s \\ 5';
            ALTER ROLE "app Owner" IN DATABASE "%1$s" SET work_mem = '8MB';
            COMMENT ON DATABASE "%1$s" IS 'hostile ''database''';
            GRANT CREATE ON DATABASE "%1$s" TO app_read WITH GRANT OPTION;
            REVOKE TEMPORARY ON DATABASE "%1$s" FROM PUBLIC;
            ALTER DATABASE "%1$s" CONNECTION LIMIT 50;
            ALTER DATABASE "%1$s" OWNER TO "app Owner"
            """.formatted(database);
    }
}
