package dev.holdfast.control.config.zero;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.PostgresLocation;
import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.S3Keys;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.config.zero.ZeroConfiguration.Note;
import dev.holdfast.control.config.zero.ZeroConfiguration.Problem;
import dev.holdfast.control.hook.HookAction;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.HookPoint;
import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroConfigurationTest {
    private static final Path STATE = Path.of("/var/lib/holdfast");
    private static final S3Keys KEYS = new S3Keys(new Secret("id"), new Secret("key"), Optional.empty());

    private final Map<String, String> variables = new HashMap<>(Map.of("TZ", "UTC"));

    @TempDir
    private Path folder;

    private void set(String... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            variables.put(pairs[i], pairs[i + 1]);
        }
    }

    private ZeroConfiguration read() {
        return ZeroConfiguration.read(new Environment(variables), STATE);
    }

    private StackConfig stack() {
        ZeroConfiguration zero = read();
        assertThat(zero.errors()).isEmpty();
        return zero.stack().orElseThrow();
    }

    private List<String> notes(Note.Kind kind) {
        return read().notes().stream()
                .filter(note -> note.kind() == kind)
                .map(Note::text)
                .toList();
    }

    private List<String> errors() {
        assertThat(read().stack()).isEmpty();
        return read().errors().stream().map(Problem::message).toList();
    }

    private static PostgresConfig database(String name, String url, Optional<Secret> password) {
        return new PostgresConfig(name, new Secret(url), password, 4);
    }

    private void secretFile(String variable, String content) {
        try {
            Path file = folder.resolve(variable);
            Files.writeString(file, content);
            variables.put(variable + "_FILE", file.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void an_environment_that_says_nothing_makes_no_stack_and_no_error() {
        set(
                "PATH",
                "/usr/bin",
                "HOME",
                "/root",
                "PGUSER",
                "me",
                "AWS_ACCESS_KEY_ID",
                "id",
                "AWS_SECRET_ACCESS_KEY",
                "key");

        assertThat(read())
                .isEqualTo(new ZeroConfiguration(
                        Optional.empty(),
                        new ServiceSettings(ZoneId.of("UTC"), true, Duration.ofMinutes(5)),
                        List.of(),
                        List.of()));
    }

    @Test
    void a_database_url_is_all_it_takes() {
        set("DATABASE_URL", "postgres://shop:secret@db.example.org:5433/shop?sslmode=require");

        StackConfig stack = stack();

        assertThat(stack.name()).isEqualTo("shop");
        assertThat(stack.sources())
                .containsExactly(database(
                        "shop", "postgresql://shop:secret@db.example.org:5433/shop?sslmode=require", Optional.empty()));
        assertThat(stack.repository().destinations())
                .containsExactly(new LocalConfig("local", Path.of("/var/lib/holdfast/backups")));
        assertThat(stack.repository().key()).isEmpty();
        assertThat(stack.policies()).isEqualTo(StackPolicies.standard(ZoneId.of("UTC")));
        assertThat(read().notes()).isEmpty();
        assertThat(read().toString()).doesNotContain("secret");
    }

    @Test
    void six_variables_of_a_compose_file_are_all_it_takes() {
        set("POSTGRES_DB", "app", "POSTGRES_USER", "app", "POSTGRES_PASSWORD", "pw", "POSTGRES_HOST", "database");
        set("S3_ACCESS_KEY", "id", "S3_SECRET_KEY", "key", "S3_ENDPOINT", "http://minio:9000");
        set("BACKUP_SCHEDULE", "@daily", "BACKUP_KEEP_DAYS", "7", "BACKUP_DIR", "/backups");

        StackConfig stack = stack();

        assertThat(stack.sources())
                .containsExactly(database("app", "postgresql://app@database:5432/app", Optional.of(new Secret("pw"))));
        assertThat(stack.repository().destinations())
                .containsExactly(
                        new LocalConfig("local", Path.of("/backups")),
                        new S3Config(
                                "bucket",
                                new S3Place(
                                        Optional.of(URI.create("http://minio:9000")),
                                        "us-east-1",
                                        "backups",
                                        "",
                                        Optional.of(KEYS),
                                        true,
                                        32)));
        assertThat(stack.policies().schedules().all().getFirst().schedule().text())
                .isEqualTo("@daily");
        assertThat(stack.policies().retention().policy()).isEqualTo(RetentionPolicy.ofDays(7, ZoneId.of("UTC")));
        assertThat(read().notes()).isEmpty();
    }

    @Test
    void the_names_of_postgres_backup_s3_are_understood_and_told() {
        set("POSTGRES_DATABASE", "app", "POSTGRES_HOST", "db", "POSTGRES_USER", "u", "POSTGRES_PASSWORD", "pw");
        set("S3_BUCKET", "b", "S3_PREFIX", "/backup/", "S3_REGION", "us-west-1");
        set("S3_ACCESS_KEY_ID", "id", "S3_SECRET_ACCESS_KEY", "key", "S3_ENDPOINT", "");
        set("SCHEDULE", "@every 6h", "PASSPHRASE", "four random words", "BACKUP_KEEP_DAYS", "");
        set("PGDUMP_EXTRA_OPTS", "--no-owner");

        StackConfig stack = stack();

        assertThat(stack.repository().destinations().getLast())
                .isEqualTo(new S3Config(
                        "bucket",
                        new S3Place(Optional.empty(), "us-west-1", "b", "backup", Optional.of(KEYS), false, 32)));
        assertThat(stack.repository().key()).contains(new RepositoryKey.Passphrase("four random words"));
        assertThat(notes(Note.Kind.ALIAS))
                .containsExactlyInAnyOrder(
                        "POSTGRES_DATABASE is understood as POSTGRES_DB",
                        "S3_ACCESS_KEY_ID is understood as S3_ACCESS_KEY",
                        "S3_SECRET_ACCESS_KEY is understood as S3_SECRET_KEY",
                        "SCHEDULE is understood as BACKUP_SCHEDULE",
                        "PASSPHRASE is understood as HOLDFAST_PASSPHRASE");
        assertThat(notes(Note.Kind.WARNING))
                .containsExactlyInAnyOrder(
                        "PASSPHRASE is used as the passphrase of the repository; backups are not files that gpg opens"
                                + " ('holdfast export' writes files)",
                        "PGDUMP_EXTRA_OPTS means nothing here: there are no options of pg_dump; a stack file chooses"
                                + " schemas and tables");
    }

    @Test
    void the_names_of_postgres_backup_local_are_understood_with_its_placeholder_and_its_webhooks() {
        set("POSTGRES_DB", "app, app_test other", "POSTGRES_HOST", "db", "POSTGRES_PORT", "5433");
        set("POSTGRES_USER", "**None**", "POSTGRES_PASSWORD", "**None**", "POSTGRES_PASSFILE_STORE", "**None**");
        secretFile("POSTGRES_USER", "u\n");
        secretFile("POSTGRES_PASSWORD", "p w\n");
        set("BACKUP_KEEP_DAYS", "7", "BACKUP_KEEP_WEEKS", "4", "BACKUP_KEEP_MONTHS", "6", "BACKUP_KEEP_MINS", "1440");
        set("BACKUP_ON_START", "FALSE", "BACKUP_LATEST_TYPE", "symlink");
        set("WEBHOOK_URL", "http://hook/all", "WEBHOOK_ERROR_URL", "http://hook/error");
        set("WEBHOOK_PRE_BACKUP_URL", "http://hook/pre", "WEBHOOK_POST_BACKUP_URL", "**None**");

        StackConfig stack = stack();

        assertThat(stack.name()).isEqualTo("app");
        assertThat(stack.sources())
                .containsExactly(
                        database("app", "postgresql://u@db:5433/app", Optional.of(new Secret("p w"))),
                        database("app_test", "postgresql://u@db:5433/app_test", Optional.of(new Secret("p w"))),
                        database("other", "postgresql://u@db:5433/other", Optional.of(new Secret("p w"))));
        assertThat(stack.policies().retention().policy())
                .isEqualTo(RetentionPolicy.builder()
                        .days(7)
                        .weekly(4)
                        .monthly(6)
                        .within(Duration.ofDays(1))
                        .zone(ZoneId.of("UTC"))
                        .build());
        assertThat(read().service().backupOnStart()).isFalse();
        assertThat(stack.policies().hooks())
                .extracting(
                        HookConfig::point,
                        HookConfig::when,
                        hook -> ((HookAction.Call) hook.action()).uri().toString() + " "
                                + ((HookAction.Call) hook.action()).body(),
                        HookConfig::onFailure)
                .map(Object::toString)
                .containsExactly(
                        "(BEFORE_BACKUP, ALWAYS, \"http://hook/pre {\"status\":\"pre-backup\"}\", WARN)",
                        "(AFTER_BACKUP, SUCCESS, \"http://hook/all {\"status\":\"post-backup\"}\", WARN)",
                        "(AFTER_BACKUP, FAILURE, \"http://hook/all {\"status\":\"error\"}\", WARN)",
                        "(AFTER_BACKUP, FAILURE, \"http://hook/error {\"status\":\"error\"}\", WARN)");
        assertThat(stack.policies().hooks().getFirst().point()).isEqualTo(HookPoint.BEFORE_BACKUP);
    }

    @Test
    void the_names_of_docker_volume_backup_are_understood() {
        set("BACKUP_SOURCES", "/srv/shop/uploads:/etc/shop,/srv/blog/uploads", "BACKUP_CRON_EXPRESSION", "30 1 * * *");
        set("AWS_S3_BUCKET_NAME", "b", "AWS_S3_PATH", "p", "AWS_ENDPOINT", "minio:9000", "AWS_ENDPOINT_PROTO", "http");
        set("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "key", "AWS_SESSION_TOKEN", "lent");
        set("BACKUP_RETENTION_DAYS", "14", "BACKUP_ARCHIVE", "/archive", "BACKUP_JITTER", "10m");
        set("GPG_PASSPHRASE", "four random words", "NOTIFICATION_URLS", "x", "HOLDFAST_EXCLUDE", "*.tmp,cache/");

        StackConfig stack = stack();

        assertThat(stack.sources())
                .containsExactly(
                        new DirectoryConfig("uploads", Path.of("/srv/shop/uploads"), List.of("*.tmp", "cache/")),
                        new DirectoryConfig("shop", Path.of("/etc/shop"), List.of("*.tmp", "cache/")),
                        new DirectoryConfig("uploads-2", Path.of("/srv/blog/uploads"), List.of("*.tmp", "cache/")));
        assertThat(stack.repository().destinations())
                .containsExactly(
                        new LocalConfig("local", Path.of("/archive")),
                        new S3Config(
                                "bucket",
                                new S3Place(
                                        Optional.of(URI.create("http://minio:9000")),
                                        "us-east-1",
                                        "b",
                                        "p",
                                        Optional.of(new S3Keys(
                                                new Secret("id"), new Secret("key"), Optional.of(new Secret("lent")))),
                                        true,
                                        32)));
        assertThat(stack.policies().schedules().all().getFirst().jitter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(stack.policies().retention().policy().days()).isEqualTo(14);
        assertThat(notes(Note.Kind.WARNING)).anyMatch(text -> text.startsWith("NOTIFICATION_URLS means nothing here"));
    }

    @Test
    void the_variables_of_libpq_and_of_aws_are_understood() {
        set("PGHOST", "/run/postgresql", "PGDATABASE", "my shop", "PGUSER", "a@b", "PGPASSWORD", "pw");
        set("AWS_ENDPOINT_URL", "https://s3.example.org", "AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "key");
        set("AWS_REGION", "eu-central-1");

        StackConfig stack = stack();

        assertThat(stack.name()).isEqualTo("my-shop");
        PostgresConfig database = (PostgresConfig) stack.sources().getFirst();
        PostgresLocation location = PostgresLocation.parse(database.url().text());
        assertThat(location.user()).isEqualTo("a@b");
        assertThat(location.database()).isEqualTo("my shop");
        assertThat(location.host()).isEqualTo("/run/postgresql");
        assertThat(stack.repository().destinations().getLast())
                .extracting(destination -> ((S3Config) destination).place().region())
                .isEqualTo("eu-central-1");
    }

    @Test
    void a_link_of_docker_says_host_and_port() {
        set("POSTGRES_PORT", "tcp://172.17.0.2:5433", "POSTGRES_USER", "u", "POSTGRES_PASSWORD", "p");

        assertThat(stack().sources())
                .containsExactly(database("u", "postgresql://u@172.17.0.2:5433/u", Optional.of(new Secret("p"))));

        variables.remove("POSTGRES_PORT");
        set("POSTGRES_PORT_5432_TCP_ADDR", "172.17.0.3", "POSTGRES_PORT_5432_TCP_PORT", "5434");
        assertThat(stack().sources())
                .containsExactly(database("u", "postgresql://u@172.17.0.3:5434/u", Optional.of(new Secret("p"))));
    }

    @Test
    void a_password_alone_means_the_database_of_this_machine_and_says_so() {
        set("POSTGRES_PASSWORD", "p");

        PostgresConfig database = (PostgresConfig) stack().sources().getFirst();
        assertThat(PostgresLocation.parse(database.url().text()))
                .extracting(PostgresLocation::user, PostgresLocation::database, PostgresLocation::port)
                .containsExactly("postgres", "postgres", 5432);
        assertThat(notes(Note.Kind.WARNING))
                .containsExactly("POSTGRES_HOST is not set, so the database is looked for on this machine");
    }

    @Test
    void a_whole_server_is_one_source() {
        set("POSTGRES_HOST", "db", "POSTGRES_DB", "app other", "POSTGRES_CLUSTER", "TRUE");

        assertThat(stack().sources())
                .singleElement()
                .satisfies(
                        source -> assertThat(((PostgresConfig) source).scope().everyDatabase())
                                .isTrue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgresql+asyncpg://u:p@h/d                              | postgresql://u:p@h/d
            jdbc:postgresql://h:5432/d?user=u                         | postgresql://h:5432/d?user=u
            postgres://u@h/d?schema=public                            | postgresql://u@h/d
            postgres://u@h/d?pgbouncer=true&sslmode=require&pool=5    | postgresql://u@h/d?sslmode=require
            host=h dbname=d                                           | host=h dbname=d
            """)
    void the_urls_of_applications_are_understood(String written, String read) {
        set("DATABASE_URL", written);

        assertThat(((PostgresConfig) stack().sources().getFirst()).url().text()).isEqualTo(read);
    }

    @Test
    void what_is_left_out_of_a_url_is_told() {
        set("DATABASE_URL", "postgres://u:secret@h/d?schema=public&connection_limit=5");

        assertThat(notes(Note.Kind.WARNING))
                .containsExactly(
                        "DATABASE_URL has 'schema', which is for applications only and is left out here",
                        "DATABASE_URL has 'connection_limit', which is for applications only and is left out here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql://u:secret@h/d", "secret", "\"postgres://u:secret@h/d\"", "file:///secret"})
    void a_url_of_something_else_is_an_error_without_its_text(String url) {
        set("DATABASE_URL", url);

        assertThat(errors()).containsExactly("DATABASE_URL is not a URL of PostgreSQL");
        assertThat(read().toString()).doesNotContain("secret");
    }

    @Test
    void a_url_that_cannot_be_honoured_is_told_at_once() {
        set("DATABASE_URL", "postgres://u:secret@h/d?sslmode=no-verify");

        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("DATABASE_URL: ")
                .contains("sslmode");
        assertThat(read().toString()).doesNotContain("secret");
    }

    @Test
    void every_variable_is_documented() throws IOException {
        String table = Files.readString(Path.of("../docs/policies.md")).split("## Without a stack file")[1];

        assertThat(Variable.allNames().stream().filter(name -> !table.contains("`" + name)))
                .allMatch(name -> name.matches("HOLDFAST_BUCKET_SOURCE_.*|SOURCE_S3_.*|POSTGRES_PORT_5432_.*"));
    }

    @Test
    void a_url_goes_before_its_parts_and_takes_only_a_password_from_them() {
        set("DATABASE_URL", "postgres://u@h/d", "POSTGRES_DB", "other", "POSTGRES_PASSWORD", "pw");

        assertThat(stack().sources())
                .containsExactly(database("d", "postgresql://u@h/d", Optional.of(new Secret("pw"))));
        assertThat(notes(Note.Kind.WARNING))
                .containsExactly("POSTGRES_DB is not used, because DATABASE_URL is set too");

        set("DATABASE_URL", "postgres://u:own@h/d");
        assertThat(stack().sources()).containsExactly(database("d", "postgresql://u:own@h/d", Optional.empty()));
    }

    @Test
    void a_secret_may_be_in_a_file_and_a_file_that_is_not_there_is_an_error() {
        secretFile("DATABASE_URL", "postgres://u:secret@h/d\n");
        secretFile("HOLDFAST_PASSPHRASE", "four random words\n");
        assertThat(stack().repository().key()).contains(new RepositoryKey.Passphrase("four random words"));

        set("HOLDFAST_PASSPHRASE_FILE", "/nowhere/at/all");
        assertThat(errors()).containsExactly("HOLDFAST_PASSPHRASE_FILE names '/nowhere/at/all', which does not exist");
    }

    @Test
    void the_first_of_two_names_is_used_and_the_other_is_told_if_it_differs() {
        set("DATABASE_URL", "postgres://u@h/d", "BACKUP_SCHEDULE", "@daily", "SCHEDULE", "@hourly");
        assertThat(notes(Note.Kind.WARNING))
                .containsExactly("SCHEDULE is not used, because BACKUP_SCHEDULE is set too");

        set("SCHEDULE", "@daily");
        assertThat(notes(Note.Kind.WARNING)).isEmpty();
    }

    @Test
    void a_password_that_ends_early_is_told_and_does_not_become_the_name_of_a_database() {
        for (String url : List.of(
                "postgres://u:12/geheim@h:5432/d",
                "postgres://u:se/geheim@h/d",
                "postgres://u:se?geheim@h/d",
                "postgresql://u:5432/geheim@h")) {
            variables.clear();
            set("DATABASE_URL", url);

            assertThat(errors()).containsExactly("DATABASE_URL seems to have a '/' or a '?' in its password");
            assertThat(read().toString()).doesNotContain("geheim");
        }
        variables.clear();
        set("DATABASE_URL", "postgres://u:p%2Fw@h/my%20shop?application_name=me@home");
        assertThat(stack().name()).isEqualTo("my-shop");
        variables.clear();
        set("DATABASE_URL", "postgres://h:5432/shop?user=me&application_name=me@home");
        assertThat(stack().name()).isEqualTo("shop");
    }

    @Test
    void what_has_our_own_name_in_front_and_is_not_known_is_always_told() {
        set("DATABASE_URL", "postgres://u@h/d", "HOLDFAST_CATALOG_ULR", "x", "HOLDFAST_RETENTION", "7");
        set("HOLDFAST_CATALOG_URL", "x", "HOLDFAST_TOKEN_FILE", "x", "HOLDFAST_OIDC_ADMINS", "x", "HOLDFAST_HOME", "x");

        assertThat(notes(Note.Kind.LOOK_ALIKE))
                .containsExactly(
                        "HOLDFAST_CATALOG_ULR is not known and not used; did you mean HOLDFAST_CATALOG_URL?",
                        "HOLDFAST_RETENTION is not known and not used");
    }

    @Test
    void what_looks_like_a_known_name_is_told() {
        set("DATABASE_URL", "postgres://u@h/d", "S3_ACESS_KEY", "secret", "POSTGRES_PASSWROD", "secret");
        set(
                "BACKUP_KEEP_DAY",
                "7",
                "S3_SECRET_KEY_FLIE",
                "x",
                "DATABASE_URI",
                "x",
                "HOLDFAST_STATE",
                "x",
                "PGSSLMODE",
                "require");
        set("MINIO_BUCKET", "media");

        assertThat(notes(Note.Kind.LOOK_ALIKE))
                .containsExactly(
                        "BACKUP_KEEP_DAY is not known and not used; did you mean BACKUP_KEEP_DAYS?",
                        "DATABASE_URI is not known and not used; did you mean DATABASE_URL?",
                        "POSTGRES_PASSWROD is not known and not used; did you mean POSTGRES_PASSWORD?",
                        "S3_ACESS_KEY is not known and not used; did you mean S3_ACCESS_KEY?");
        assertThat(notes(Note.Kind.WARNING))
                .containsExactly("MINIO_BUCKET means nothing here: set S3_BUCKET for the bucket that backups go to, or"
                        + " HOLDFAST_BUCKET_SOURCE for one to back up");
    }

    @Test
    void ordinary_variables_of_a_machine_are_no_look_alikes() {
        for (String name : List.of(
                "PATH",
                "HOME",
                "HOSTNAME",
                "LANG",
                "LC_ALL",
                "TERM",
                "USER",
                "SHELL",
                "PWD",
                "SHLVL",
                "LOGNAME",
                "JAVA_HOME",
                "JAVA_VERSION",
                "GPG_KEY",
                "MAIL",
                "EDITOR",
                "XDG_STATE_HOME",
                "KUBERNETES_PORT",
                "KUBERNETES_SERVICE_HOST",
                "POSTGRES_SERVICE_HOST",
                "POSTGRES_SERVICE_PORT",
                "POSTGRES_INITDB_ARGS",
                "AWS_CONFIG_FILE",
                "AWS_ROLE_ARN",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "SSH_AUTH_SOCK",
                "INVOCATION_ID",
                "JOURNAL_STREAM")) {
            set(name, "x");
        }

        assertThat(notes(Note.Kind.LOOK_ALIKE)).isEmpty();
    }

    @Test
    void a_bucket_is_backed_up_alone_or_beside_a_database() {
        set("HOLDFAST_BUCKET_SOURCE", "media,s3://docs/public", "S3_ENDPOINT", "http://minio:9000");
        set("S3_ACCESS_KEY", "id", "S3_SECRET_KEY", "key");
        S3Place media = new S3Place(
                Optional.of(URI.create("http://minio:9000")), "us-east-1", "media", "", Optional.of(KEYS), true, 32);

        assertThat(stack().sources())
                .containsExactly(
                        new BucketConfig("media", media), new BucketConfig("docs", media.withBucket("docs/public")));
        // the server alone does not say that backups go there too
        assertThat(stack().repository().destinations())
                .extracting(Object::getClass)
                .isEqualTo(List.of(LocalConfig.class));

        set("S3_BUCKET", "safe", "DATABASE_URL", "postgres://u@h/d");
        assertThat(stack().sources()).extracting(SourceConfig::kind).containsExactly("postgres", "bucket", "bucket");
        assertThat(stack().repository().destinations()).hasSize(2);
    }

    @Test
    void a_bucket_may_be_on_another_server_than_the_backups() {
        set("SOURCE_BUCKET", "media", "SOURCE_S3_ENDPOINT", "http://rustfs:9000");
        set("SOURCE_S3_ACCESS_KEY", "other", "SOURCE_S3_SECRET_KEY", "secret");
        set("S3_ENDPOINT", "http://minio:9000", "S3_BUCKET", "safe", "S3_ACCESS_KEY", "id", "S3_SECRET_KEY", "key");

        S3Place place = ((BucketConfig) stack().sources().getFirst()).place();
        assertThat(place.endpoint()).contains(URI.create("http://rustfs:9000"));
        assertThat(place.keys().orElseThrow().accessKey()).isEqualTo(new Secret("other"));
    }

    @Test
    void backups_do_not_go_into_the_bucket_that_is_backed_up() {
        set("HOLDFAST_BUCKET_SOURCE", "media", "S3_BUCKET", "media", "S3_ENDPOINT", "http://minio:9000");
        set("S3_ACCESS_KEY", "id", "S3_SECRET_KEY", "key");

        assertThat(errors()).singleElement().asString().startsWith("destination 'bucket' lies inside source 'media'");
    }

    @Test
    void keys_go_in_pairs_and_a_bucket_at_aws_needs_a_name() {
        set("DATABASE_URL", "postgres://u@h/d", "S3_ENDPOINT", "http://minio:9000", "S3_ACCESS_KEY", "id");
        assertThat(errors()).containsExactly("the S3 server needs both keys, and S3_SECRET_KEY is not set");

        set("S3_SECRET_KEY", "key", "S3_ENDPOINT", "s3.amazonaws.com");
        assertThat(errors()).containsExactly("no bucket is named for the backups at AWS");

        set("S3_ENDPOINT", "minio:9000");
        assertThat(errors()).containsExactly("S3_ENDPOINT is not a URL with http:// or https:// and without user");

        variables.keySet().removeIf(name -> name.startsWith("S3_"));
        set("S3_BUCKET", "b");
        assertThat(((S3Config) stack().repository().destinations().getLast())
                        .place()
                        .keys())
                .isEmpty();
    }

    @Test
    void keys_without_a_bucket_are_told() {
        set("DATABASE_URL", "postgres://u@h/d", "S3_ACCESS_KEY", "id", "S3_SECRET_KEY", "key");

        assertThat(stack().repository().destinations()).hasSize(1);
        assertThat(notes(Note.Kind.WARNING))
                .containsExactly("S3_ACCESS_KEY is set, but neither S3_BUCKET nor S3_ENDPOINT, so no bucket is used");
    }

    @Test
    void the_local_copy_can_be_left_out_if_there_is_a_bucket() {
        set("DATABASE_URL", "postgres://u@h/d", "BACKUP_DIR", "none");
        assertThat(errors()).containsExactly("BACKUP_DIR is none, and there is no bucket either");

        set("S3_BUCKET", "b");
        assertThat(stack().repository().destinations())
                .extracting(Object::getClass)
                .isEqualTo(List.of(S3Config.class));
    }

    @Test
    void every_error_is_told_at_once_with_what_to_set() {
        set("DATABASE_URL", "postgres://u@h/d", "BACKUP_SCHEDULE", "dayly", "BACKUP_KEEP_DAYS", "0", "TZ", "Mars");
        set("BACKUP_ON_START", "perhaps", "BACKUP_JITTER", "5", "WEBHOOK_URL", "secret", "HOLDFAST_STACK", "a b");

        assertThat(errors())
                .containsExactlyInAnyOrder(
                        "TZ: there is no time zone 'Mars'; expected a name such as Europe/Berlin, or UTC",
                        "BACKUP_ON_START is 'perhaps'; expected true or false",
                        "BACKUP_SCHEDULE: the schedule 'dayly' is not understood: it has 1 field; expected five (minute,"
                                + " hour, day, month, day of the week), or six with seconds first",
                        "BACKUP_JITTER is '5'; expected a whole number with one of the units s, m, h, d or w",
                        "BACKUP_KEEP_DAYS is '0'; expected a whole number from 1 to 100000",
                        "WEBHOOK_URL is not a URL with http:// or https:// and without user");
        assertThat(read().errors()).allMatch(problem -> !problem.hint().isEmpty());
    }

    @Test
    void the_name_of_the_stack_can_be_said() {
        set("DATABASE_URL", "postgres://u@h/d", "HOLDFAST_STACK", "shop");
        assertThat(stack().name()).isEqualTo("shop");

        set("HOLDFAST_STACK", "a b");
        assertThat(errors()).singleElement().asString().startsWith("HOLDFAST_STACK is 'a b'; expected a name");
    }

    @Test
    void people_are_told_by_mail_of_success_and_failure_and_monitors_are_pinged() {
        set(
                "DATABASE_URL",
                "postgres://u@h/d",
                "HC_PING_URL",
                "https://hc-ping.com/x",
                "SLACK_WEBHOOK_URL",
                "https://s/x");
        set("SMTP_HOST", "smtp.example.org", "SMTP_TO", "ops@example.org, boss@example.org");
        set("SMTP_USER", "u", "SMTP_PASSWORD", "secret", "SMTP_SECURITY", "tls");

        var notify = stack().policies().notifications();
        assertThat(notify.channels()).extracting(NotifyConfig::name).containsExactly("ping", "slack", "mail");
        assertThat(((NotifyConfig.Email) notify.channel("mail").orElseThrow()).port())
                .isEqualTo(465);
        assertThat(notify.routes()).singleElement().satisfies(route -> {
            assertThat(route.channels()).containsExactly("slack", "mail");
            assertThat(route.kinds()).contains(NoticeKind.SUCCESS, NoticeKind.FAILURE);
        });
        assertThat(notify.toString()).doesNotContain("secret");

        set("NOTIFICATION_LEVEL", "error");
        assertThat(stack().policies().notifications().routes().getFirst().kinds())
                .isEqualTo(NoticeKind.USUAL);
        variables.remove("SMTP_TO");
        assertThat(errors()).containsExactly("SMTP_HOST is set, but nobody to write to");
    }

    @Test
    void the_settings_of_the_service_are_read_even_if_no_stack_is_meant() {
        set("TZ", ":Europe/Berlin", "BACKUP_ON_START", "no", "HOLDFAST_WAIT_FOR_DATABASE", "90s");

        assertThat(read().service())
                .isEqualTo(new ServiceSettings(ZoneId.of("Europe/Berlin"), false, Duration.ofSeconds(90)));
    }

    @Test
    void every_name_is_given_once() {
        assertThat(Variable.allNames()).doesNotHaveDuplicates();
    }
}
