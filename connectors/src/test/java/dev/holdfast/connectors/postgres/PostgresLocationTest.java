package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.wire.TlsMode;
import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresLocationTest {
    @TempDir
    private Path home;

    private PostgresLocation parse(String text, String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return PostgresLocation.parse(text, environment);
    }

    private Path write(String name, String permissions, String... lines) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

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
        assertThat(location.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(location.sslMode()).isEqualTo(TlsMode.PREFER);
        assertThat(PostgresLocation.parse("postgresql://me@h").database()).isEqualTo("me");
        assertThat(PostgresLocation.parse("postgresql://[::1]:7/d"))
                .hasToString("postgresql://" + System.getProperty("user.name") + "@[::1]:7/d");
        assertThat(PostgresLocation.parse("postgresql://[::1]/d").host()).isEqualTo("::1");
        assertThat(PostgresLocation.parse("postgresql:///d?host=h&port=9&user=u&password=p"))
                .isEqualTo(PostgresLocation.parse("postgresql://u:p@h:9/d"));
    }

    @Test
    void keywords_say_the_same_as_a_url() {
        assertThat(PostgresLocation.parse(" host = h  port=9 user='u' password = 'p\\'w\\\\ x' dbname=d\\ e "))
                .isEqualTo(PostgresLocation.parse("postgresql://u:p'w%5C%20x@h:9/d%20e"));
        assertThat(PostgresLocation.parse("host=a host=b dbname=d").host()).isEqualTo("b");
        assertThat(PostgresLocation.parse("dbname='' host=h user=u").database()).isEqualTo("u");
    }

    @Test
    void another_database_of_the_server_keeps_everything_else() {
        PostgresLocation location = PostgresLocation.parse("postgresql://u:secret@h:9/d?sslmode=require");
        assertThat(location.withDatabase("o'ther")).hasToString("postgresql://u@h:9/o%27ther?sslmode=require");
        assertThat(location.withDatabase("o'ther").password()).contains("secret");
        assertThat(location.withDatabase("o'th\\er").connectionArgument()).startsWith("dbname='o\\'th\\\\er' ");
    }

    @Test
    void a_socket_is_named_by_its_folder() {
        PostgresLocation location = PostgresLocation.parse("postgresql://u@/d?host=/run/pg&port=9&sslmode=verify-full");
        assertThat(location).isEqualTo(PostgresLocation.parse("postgresql://u@%2Frun%2Fpg:9/d?sslmode=verify-full"));
        assertThat(location.address()).isEqualTo(UnixDomainSocketAddress.of("/run/pg/.s.PGSQL.9"));
        assertThat(location.sslMode()).isEqualTo(TlsMode.DISABLE); // as libpq: nobody can listen
        assertThat(location.environment()).containsEntry("PGHOST", "/run/pg").containsEntry("PGPORT", "9");
        assertThat(location.server()).isEqualTo("/run/pg:9");
        assertThat(PostgresLocation.parse(location.toString())).isEqualTo(location);
    }

    @Test
    void several_servers_keep_their_order_ports_and_addresses() {
        PostgresLocation location = PostgresLocation.parse("postgresql://u@a,b:7,[::1]:8/d");
        assertThat(location.places()).hasToString("[a:5432, b:7, [::1]:8]");
        assertThat(PostgresLocation.parse(location.toString())).isEqualTo(location);
        assertThat(PostgresLocation.parse("host=a,b hostaddr=10.0.0.1,10.0.0.2 port=9 user=u dbname=d")
                        .places())
                .containsExactly(new ServerPlace("a", "10.0.0.1", 9), new ServerPlace("b", "10.0.0.2", 9));
        assertThatThrownBy(location::host).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_address_is_where_to_go_and_the_host_what_is_verified() {
        PostgresLocation location =
                PostgresLocation.parse("postgresql://u@db.example.com/d?hostaddr=127.0.0.1&sslmode=verify-full");
        assertThat(location.host()).isEqualTo("db.example.com");
        assertThat(location.address()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 5432));
        assertThat(location.jdbcUrl()).contains("//db.example.com:5432/");
        assertThat(location.environment())
                .containsEntry("PGHOST", "db.example.com")
                .containsEntry("PGHOSTADDR", "127.0.0.1");
        assertThat(PostgresLocation.parse(location.toString())).isEqualTo(location);
    }

    @Test
    void a_parameter_that_is_honoured_reaches_the_driver_and_the_programs() {
        PostgresLocation location = PostgresLocation.parse("postgresql://u:p@h/d?channel_binding=require"
                + "&require_auth=scram-sha-256&application_name=nightly&options=-c%20geqo%3Doff&sslmode=require"
                + "&sslnegotiation=direct&ssl_min_protocol_version=TLSv1.3&keepalives_idle=7&connect_timeout=1");
        assertThat(location.jdbcProperties())
                .containsEntry("channelBinding", "require")
                .containsEntry("requireAuth", "scram-sha-256")
                .containsEntry("ApplicationName", "nightly")
                .containsEntry("options", "-c geqo=off")
                .containsEntry("sslNegotiation", "direct")
                .containsEntry("holdfast.tls.versions", "TLSv1.3")
                .containsEntry("holdfast.socket.idle", "7")
                .containsEntry("connectTimeout", "2")
                .containsEntry("gssEncMode", "disable");
        assertThat(location.environment())
                .containsEntry("PGCHANNELBINDING", "require")
                .containsEntry("PGAPPNAME", "nightly")
                .containsEntry("PGOPTIONS", "-c geqo=off")
                .containsEntry("PGSSLMINPROTOCOLVERSION", "TLSv1.3")
                .containsEntry("PGCONNECT_TIMEOUT", "2")
                .containsEntry("PGGSSENCMODE", "disable");
        assertThat(location.connectionArgument())
                .contains("require_auth=scram-sha-256", "sslnegotiation=direct", "keepalives_idle=7");
    }

    @Test
    void what_the_connection_does_not_say_the_service_says_and_then_the_environment() throws IOException {
        write(
                ".pg_service.conf",
                "rw-r--r--",
                "# ours",
                "[other]",
                "host=wrong",
                "[shop]",
                "host=from-service",
                "port=6000",
                "user=from-service",
                "",
                "[last]",
                "host=wrong");
        PostgresLocation location = parse(
                "postgresql://from-url@/?service=shop",
                "PGHOST",
                "from-environment",
                "PGPORT",
                "7000",
                "PGDATABASE",
                "from-environment",
                "PGCLIENTENCODING",
                "LATIN1");
        assertThat(location).hasToString("postgresql://from-url@from-service:6000/from-environment");
        assertThat(parse("dbname=d user=u", "PGSERVICE", "shop")).hasToString("postgresql://u@from-service:6000/d");
        assertThatThrownBy(() -> parse("service=none"))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("no service 'none'")
                .hasMessageContaining(home.toString());
        Path elsewhere = write("x/pg_service.conf", "rw-r--r--", "[shop]", "host=elsewhere", "sslmode=perhaps");
        assertThatThrownBy(() -> parse("service=shop", "PGSERVICEFILE", elsewhere.toString()))
                .hasMessageContaining("sslmode 'perhaps'");
        assertThat(parse(
                        "service=last user=u dbname=d",
                        "PGSYSCONFDIR",
                        elsewhere.getParent().toString()))
                .hasToString("postgresql://u@wrong:5432/d");
        write("bad.conf", "rw-r--r--", "[shop]", "no value");
        assertThatThrownBy(() -> parse("service=shop servicefile=" + home.resolve("bad.conf")))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void a_password_file_is_matched_like_libpq_does() throws IOException {
        write(
                ".pgpass",
                "rw-------",
                "# host:port:database:user:password",
                "too:few:fields",
                "db.example.com:5432:shop:u:first",
                "db.example.com:*:*:u:any database",
                "*:*:*:with\\:colon:back\\\\slash\\:colon:rest",
                "[:wrong:line",
                "localhost:*:*:*:local",
                "10.0.0.9:*:*:*:address");
        assertThat(parse("postgresql://u@db.example.com/shop").password()).contains("first");
        assertThat(parse("postgresql://u@db.example.com/shop")
                        .withDatabase("postgres")
                        .password())
                .contains("any database");
        assertThat(parse("postgresql://u@db.example.com:9/x").password()).contains("any database");
        assertThat(parse("postgresql://with%3Acolon@h/x").password()).contains("back\\slash:colon:rest");
        assertThat(parse("postgresql://u@other/x").password()).isEmpty();
        assertThat(parse("postgresql://u@%2Fvar%2Frun%2Fpostgresql/x").password())
                .contains("local");
        assertThat(parse("postgresql://u@%2Fsome%2Ffolder/x").password()).isEmpty();
        assertThat(parse("hostaddr=10.0.0.9 user=u").password()).contains("address");
        assertThat(parse("postgresql://u:own@db.example.com/shop").password()).contains("own");
        assertThat(parse("postgresql://u@db.example.com/shop", "PGPASSWORD", "variable")
                        .password())
                .contains("variable");
        Path other = write("other", "rw-------", "*:*:*:*:other");
        assertThat(parse("postgresql://u@h/d?passfile=" + other).password()).contains("other");
        assertThat(parse("postgresql://u@h/d", "PGPASSFILE", other.toString()).password())
                .contains("other");
    }

    @Test
    void a_password_file_that_others_may_read_is_ignored_and_that_is_told() throws IOException {
        write(".pgpass", "rw-r-----", "*:*:*:*:secret");
        PostgresLocation location = parse("postgresql://u@h/d");
        assertThat(location.password()).isEmpty();
        assertThat(location.passwordFileIgnored().orElseThrow())
                .contains("chmod 600 " + home.resolve(".pgpass"))
                .doesNotContain("secret");
        assertThat(location.withPassword("own").passwordFileIgnored()).isEmpty();
        Files.createDirectory(home.resolve("folder"));
        assertThat(parse("postgresql://u@h/d?passfile=" + home.resolve("folder"))
                        .passwordFileIgnored())
                .isPresent();
    }

    @Test
    void a_file_that_is_named_must_be_there() throws IOException {
        Path key = write("client.key", "rw-r--r--", "x");
        Path certificate = write("client.crt", "rw-r--r--", "x");
        assertThatThrownBy(() ->
                        parse("postgresql://h/d?sslrootcert=/nowhere/ca.crt").rootCertificates())
                .isInstanceOf(Missing.class)
                .hasMessageContaining("sslrootcert names '/nowhere/ca.crt', which does not exist");
        PostgresLocation location = parse("postgresql://h/d?sslcert=" + certificate + "&sslkey=" + key);
        assertThatThrownBy(location::key).isInstanceOf(HoldfastException.class).hasMessageContaining("read by others");
        assertThat(parse("postgresql://h/d?sslcertmode=disable&sslcert=" + certificate)
                        .certificate())
                .isEmpty();
        assertThatThrownBy(
                        () -> parse("postgresql://h/d?sslcert=" + certificate).key())
                .hasMessageContaining("sslkey is not given");
        write(".postgresql/root.crt", "rw-r--r--", "x");
        assertThat(parse("postgresql://h/d").rootCertificates()).contains(home.resolve(".postgresql/root.crt"));
        write(".postgresql/root.crl", "rw-r--r--", "x");
        assertThatThrownBy(() -> parse("postgresql://h/d").rootCertificates()).hasMessageContaining("revoked");
    }

    @Test
    void the_authorities_of_the_system_verify_the_name_always() {
        assertThat(PostgresLocation.parse("postgresql://h/d?sslrootcert=system").sslMode())
                .isEqualTo(TlsMode.VERIFY_FULL);
        assertThatThrownBy(() -> PostgresLocation.parse("postgresql://h/d?sslrootcert=system&sslmode=require"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("sslmode 'require'");
    }

    @Test
    void a_socket_cannot_be_reached_through_ssh() {
        SshLocation ssh = new SshLocation(
                "bastion",
                22,
                "u",
                Optional.empty(),
                Optional.empty(),
                Optional.of("hidden"),
                home,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThatThrownBy(() -> PostgresLocation.parse("host=/run/pg").withSsh(ssh))
                .isInstanceOf(Invalid.class);
        assertThat(PostgresLocation.parse("host=db").withSsh(ssh).server())
                .isEqualTo("db:5432 (through ssh server bastion:22)");
        assertThat(ssh.toString()).doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:secret@h/d",
                "u:secret@h",
                "host=h password='secret",
                "host=h secret",
                "postgresql://u:secret@h:port/d",
                "postgresql://u:secret@h:0/d",
                "postgresql://u:secret@h:70000/d",
                "postgresql://u:secret%@h/d",
                "postgresql://u:secret%zz@h/d",
                "postgresql://u:secret%ff@h/d",
                "postgresql://u:secret@h/d?sslmode=perhaps",
                "postgresql://u:secret@h/d?colour=blue",
                "postgresql://u:secret@h/d?sslmode",
                "postgresql://u:secret@h1,h2/d?port=1,2,3",
                "postgresql://u:secret@h1,h2/d?hostaddr=127.0.0.1",
                "postgresql://u:secret@h/d?hostaddr=name",
                "postgresql://u:secret@[::1/d",
                "postgresql://u:secret@[::1]x/d",
                "postgresql://u:secret@h/d?connect_timeout=soon",
                "postgresql://u:secret@h/d?sslnegotiation=direct",
                "postgresql://u:secret@%40abstract/d"
            })
    void what_cannot_be_understood_is_refused_without_telling_the_password(String url) {
        assertThatThrownBy(() -> PostgresLocation.parse(url))
                .isInstanceOf(Invalid.class)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "gssencmode=require, Kerberos",
        "krbsrvname=postgres, Kerberos",
        "sslcrl=/x, revoked",
        "sslcrldir=/x, revoked",
        "requirepeer=postgres, owner",
        "tcp_user_timeout=1000, keepalives",
        "client_encoding=LATIN1, encoding",
        "sslsni=0, name",
        "sslcertmode=require, certificate",
        "ssl_max_protocol_version=TLSv1.1, TLSv1.2",
        "replication=database, replication",
        "sslcompression=1, compression",
        "min_protocol_version=3.2, protocol"
    })
    void what_cannot_be_honoured_everywhere_is_refused_by_name_with_the_reason(String parameter, String reason) {
        assertThatThrownBy(() -> PostgresLocation.parse("postgresql://h/d?" + parameter))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining(parameter.substring(0, parameter.indexOf('=')))
                .satisfies(e -> assertThat(((Invalid) e).hint()).contains(reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client_encoding=UTF8",
                "gssencmode=prefer",
                "sslsni=1",
                "sslcompression=0",
                "tcp_user_timeout=0",
                "min_protocol_version=3.0",
                "requiressl=0"
            })
    void what_we_do_anyway_may_be_asked_for(String parameter) {
        assertThat(PostgresLocation.parse("postgresql://u@h/d?" + parameter)).hasToString("postgresql://u@h:5432/d");
    }
}
