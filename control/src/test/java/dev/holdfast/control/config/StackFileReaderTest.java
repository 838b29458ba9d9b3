package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackFileReaderTest {
    private static final Path FILE = Path.of("/srv/shop/holdfast.yaml");

    private static final String SMALL = """
            stack: shop
            sources:
              uploads:
                directory:
                  path: uploads
            repository:
              passphrase: four random words
              destinations:
                disk:
                  local:
                    path: /var/backups/shop
            """;

    private final Map<String, String> variables = new HashMap<>(Map.of("HOME", "/home/shop"));

    @TempDir
    private Path folder;

    private StackConfig read(String content) {
        return new StackFileReader(new Environment(variables)).parse(FILE, FILE.toString(), content);
    }

    private HoldfastException refused(String content) {
        return catchThrowableOfType(HoldfastException.class, () -> read(content));
    }

    private String message(String content) {
        return refused(content).getMessage();
    }

    @Test
    void a_small_file_gets_every_default() {
        StackConfig stack = read(SMALL);

        assertThat(stack.name()).isEqualTo("shop");
        assertThat(stack.sources())
                .containsExactly(new DirectoryConfig("uploads", Path.of("/srv/shop/uploads"), List.of()));
        assertThat(stack.repository())
                .isEqualTo(new RepositoryConfig(
                        Optional.of(new RepositoryKey.Passphrase("four random words")),
                        List.of(new LocalConfig("disk", Path.of("/var/backups/shop"))),
                        ByteSize.mebibytes(64),
                        1));
    }

    @Test
    void the_defaults_of_a_database_and_a_bucket_are_pinned() {
        variables.put("AWS_ACCESS_KEY_ID", "id");
        variables.put("AWS_SECRET_ACCESS_KEY", "key");

        StackConfig stack = read(SMALL.replace("  uploads:\n    directory:\n      path: uploads\n", """
                  database:
                    postgres:
                      url: postgresql://shop@127.0.0.1/shop
                  media:
                    bucket:
                      bucket: shop-media
                  other:
                    bucket:
                      bucket: shop-other
                      endpoint: http://127.0.0.1:9000
                """));

        S3Place aws = new S3Place(
                Optional.empty(),
                "us-east-1",
                "shop-media",
                "",
                Optional.of(new S3Keys(new Secret("id"), new Secret("key"), Optional.empty())),
                false,
                32);
        S3Place own = new S3Place(
                Optional.of(URI.create("http://127.0.0.1:9000")),
                "us-east-1",
                "shop-other",
                "",
                Optional.of(new S3Keys(new Secret("id"), new Secret("key"), Optional.empty())),
                true,
                32);
        assertThat(stack.sources())
                .containsExactly(
                        new PostgresConfig(
                                "database", new Secret("postgresql://shop@127.0.0.1/shop"), Optional.empty(), 4),
                        new BucketConfig("media", aws),
                        new BucketConfig("other", own));
    }

    @Test
    void the_example_of_the_help_can_be_read() {
        variables.putAll(Map.of(
                "SHOP_DB_PASSWORD", "1", "S3_ACCESS_KEY", "2", "S3_SECRET_KEY", "3", "HOLDFAST_PASSPHRASE", "4"));

        assertThat(read(Example.FILE).sources())
                .extracting(SourceConfig::kind)
                .containsExactly("postgres", "bucket", "directory");
    }

    @Test
    void a_wrong_key_is_told_with_its_line_and_the_key_that_was_meant() {
        HoldfastException refused = refused(SMALL.replace("directory:", "directroy:"));

        assertThat(refused).hasMessage("""
                        /srv/shop/holdfast.yaml:3: source 'uploads' has no kind that is known; expected one of postgres, bucket or directory
                        /srv/shop/holdfast.yaml:4: unknown key 'sources.uploads.directroy'; did you mean 'directory'?""");
        assertThat(refused.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
        assertThat(refused.hint()).isEqualTo("for example: sources: {uploads: {directory: {path: /srv/shop/uploads}}}");
    }

    @Test
    void a_key_that_resembles_nothing_is_told_with_all_that_could_stand_there() {
        assertThat(message(SMALL + "colour: red\n"))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:12: unknown key 'colour'; expected stack, sources, repository, exports, adopted,"
                                + " zone, schedule, retention, hooks, notify, retry, stalled-after or app-version");
    }

    @Test
    void keys_in_another_style_are_recognised() {
        assertThat(message(SMALL + "  packSize: 16MiB\n"))
                .isEqualTo("/srv/shop/holdfast.yaml:12: unknown key 'repository.packSize'; did you mean 'pack-size'?");
    }

    @Test
    void a_duplicate_key_is_told_with_both_lines() {
        assertThat(message(SMALL + "stack: other\n"))
                .isEqualTo("/srv/shop/holdfast.yaml:12: duplicate key 'stack', first given in line 1");
    }

    @Test
    void a_missing_value_is_told() {
        HoldfastException refused = refused(SMALL.replace("path: uploads", "path:"));

        assertThat(refused).hasMessage("/srv/shop/holdfast.yaml:5: missing value of 'sources.uploads.directory.path'");
        assertThat(refused.hint()).isEqualTo("for example: directory: {path: /srv/shop/uploads}");
    }

    @Test
    void a_missing_key_is_told_where_it_belongs() {
        assertThat(message(SMALL.replace("      path: uploads", "      exclude: [a]")))
                .isEqualTo("/srv/shop/holdfast.yaml:4: missing key 'path' in 'sources.uploads.directory'");
        assertThat(message("sources: {}\nrepository: {}\n")).isEqualTo("""
                        /srv/shop/holdfast.yaml:1: missing key 'stack'
                        /srv/shop/holdfast.yaml:1: 'sources' is empty; expected at least one
                        /srv/shop/holdfast.yaml:2: missing key 'destinations' in 'repository'""");
    }

    @Test
    void a_value_of_the_wrong_type_is_told() {
        assertThat(message(SMALL.replace("path: uploads", "path: [uploads]")))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:5: 'sources.uploads.directory.path' must be a single value, not a list");
        assertThat(message(SMALL.replace("path: uploads", "path: uploads\n      exclude: '*.tmp'")))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:6: 'sources.uploads.directory.exclude' must be a list, not a single value");
        assertThat(message(SMALL + "  compression: fast\n"))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:12: 'repository.compression' is 'fast'; expected a whole number from -5 to 19");
        assertThat(message("[1, 2]\n")).isEqualTo("/srv/shop/holdfast.yaml:1: the file must be a map, not a list");
    }

    @Test
    void an_unknown_unit_is_told_with_those_that_are_known() {
        HoldfastException refused = refused(SMALL + "  pack-size: 64 megs\n");

        assertThat(refused)
                .hasMessage(
                        "/srv/shop/holdfast.yaml:12: 'repository.pack-size' is '64 megs'; expected a number with one of the units B, kB, MB, GB, TB, KiB, MiB, GiB or TiB");
        assertThat(refused.hint()).isEqualTo("pack-size: 64MiB");
    }

    @Test
    void a_size_out_of_range_is_told_with_the_range() {
        assertThat(message(SMALL + "  pack-size: 1GiB\n"))
                .isEqualTo("/srv/shop/holdfast.yaml:12: 'repository.pack-size' is 1GiB; expected 4MiB to 256MiB");
    }

    @Test
    void a_source_is_of_one_kind_only() {
        assertThat(message(SMALL.replace(
                        "      path: uploads\n", "      path: uploads\n    bucket:\n      bucket: media\n")))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:6: source 'uploads' is both 'directory' and 'bucket'; expected one of postgres, bucket or directory");
    }

    @Test
    void variables_are_replaced_inside_values() {
        variables.put("PART", "up");

        assertThat(read(SMALL.replace("path: uploads", "path: ${PART}loads/$${PART}"))
                        .sources())
                .containsExactly(new DirectoryConfig("uploads", Path.of("/srv/shop/uploads/${PART}"), List.of()));
    }

    @Test
    void a_variable_that_is_not_set_is_named() {
        HoldfastException refused = refused(SMALL.replace("four random words", "${SHOP_PASSPHRASE}"));

        assertThat(refused)
                .isInstanceOf(Missing.class)
                .hasMessage(
                        "/srv/shop/holdfast.yaml:7: environment variable 'SHOP_PASSPHRASE' is not set; 'repository.passphrase' needs it");
        assertThat(refused.code()).isEqualTo(ErrorCode.SECRET_MISSING);
        assertThat(refused.hint()).isEqualTo("set it before, for example with: export SHOP_PASSPHRASE=...");
    }

    @Test
    void what_is_no_variable_is_told_without_showing_the_value() {
        assertThat(message(SMALL.replace("four random words", "pa${ss-word")))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:7: '${' in 'repository.passphrase' does not begin the name of an environment variable");
    }

    @Test
    void a_secret_is_read_from_a_file_without_its_line_end() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "four random words\n");

        assertThat(read(SMALL.replace("passphrase: four random words", "passphrase-file: " + secret))
                        .repository()
                        .key())
                .contains(new RepositoryKey.Passphrase("four random words"));
    }

    @Test
    void a_secret_file_that_is_absent_or_empty_is_told() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path absent = folder.resolve("absent");

        HoldfastException refused =
                refused(SMALL.replace("passphrase: four random words", "passphrase-file: " + empty));
        assertThat(refused)
                .hasMessage("/srv/shop/holdfast.yaml:7: 'repository.passphrase-file' names '" + empty
                        + "', which is empty");
        assertThat(refused.code()).isEqualTo(ErrorCode.SECRET_MISSING);
        assertThat(message(SMALL.replace("passphrase: four random words", "passphrase-file: " + absent)))
                .isEqualTo("/srv/shop/holdfast.yaml:7: 'repository.passphrase-file' names '" + absent
                        + "', which does not exist");
    }

    @Test
    void a_secret_is_given_once() {
        assertThat(message(SMALL + "  passphrase-file: /run/secrets/passphrase\n"))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:12: both 'repository.passphrase' and 'passphrase-file' are given; expected one of them");
    }

    @Test
    void missing_keys_of_a_bucket_are_told_with_the_variables_that_would_do() {
        assertThat(message(SMALL.replace(
                        "directory:\n      path: uploads", "bucket:\n      endpoint: http://s3\n      bucket: media")))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:4: 'sources.uploads.bucket' has no 'access-key', and environment variable 'AWS_ACCESS_KEY_ID' is not set");
    }

    @Test
    void on_aws_the_machine_may_have_a_role() {
        BucketConfig bucket =
                (BucketConfig) read(SMALL.replace("directory:\n      path: uploads", "bucket:\n      bucket: media"))
                        .sources()
                        .getFirst();

        assertThat(bucket.place().keys()).isEmpty();
    }

    @Test
    void the_passphrase_comes_from_the_environment_where_the_file_has_none() {
        String without = SMALL.replace("  passphrase: four random words\n", "");
        assertThat(read(without).repository().key()).isEmpty();

        variables.put("HOLDFAST_PASSPHRASE", "other words");
        assertThat(read(without).repository().key()).contains(new RepositoryKey.Passphrase("other words"));
    }

    @Test
    void a_recovery_code_in_the_environment_goes_before_a_passphrase_that_may_be_lost() {
        variables.put("HOLDFAST_RECOVERY_CODE", "abcd-efgh");

        assertThat(read(SMALL.replace("four random words", "${LOST}"))
                        .repository()
                        .key())
                .contains(new RepositoryKey.RecoveryCode("abcd-efgh"));
    }

    @Test
    void tabs_and_other_slips_are_told_with_their_line() {
        assertThat(message(SMALL.replace("    directory:", "\tdirectory:")))
                .isEqualTo("/srv/shop/holdfast.yaml:4: a tab where YAML allows only spaces");
        assertThat(message("stack: shop\nsources: [\n")).startsWith("/srv/shop/holdfast.yaml:3: not YAML: ");
        assertThat(message("")).isEqualTo("/srv/shop/holdfast.yaml:1: the file is empty");
    }

    @Test
    void several_problems_are_told_at_once_in_the_order_of_lines() {
        assertThat(message(SMALL.replace("stack: shop", "stack: my shop").replace("path: uploads", "paht: uploads")
                        + "  compression: 99\n"))
                .isEqualTo("""
                        /srv/shop/holdfast.yaml:1: 'stack' is 'my shop'; expected a name of letters, digits, '.', '_' and '-', at most 63
                        /srv/shop/holdfast.yaml:4: missing key 'path' in 'sources.uploads.directory'
                        /srv/shop/holdfast.yaml:5: unknown key 'sources.uploads.directory.paht'; did you mean 'path'?
                        /srv/shop/holdfast.yaml:12: 'repository.compression' is '99'; expected a whole number from -5 to 19""");
    }

    private PostgresConfig database(String lines) {
        return (PostgresConfig) read(SMALL.replace("directory:\n      path: uploads", "postgres:\n" + lines.indent(6)))
                .sources()
                .getFirst();
    }

    @Test
    void a_database_is_named_by_a_variable_or_by_keywords() {
        variables.put("DATABASE_URL", "postgresql://shop:p%40ss@db/shop?sslmode=require");

        assertThat(database("url: ${DATABASE_URL}").url())
                .isEqualTo(new Secret("postgresql://shop:p%40ss@db/shop?sslmode=require"));
        assertThat(database("url: service=shop").url()).isEqualTo(new Secret("service=shop"));
    }

    @Test
    void a_database_may_lie_behind_ssh_servers() {
        variables.put("KEY_PASSWORD", "hunter2");
        String fingerprint = "SHA256:" + "a".repeat(43);

        SshConfig ssh = database("""
                        url: postgresql://shop@db/shop
                        ssh:
                          host: inner
                          port: 2222
                          user: backup
                          key: ~/.ssh/id
                          key-password: ${KEY_PASSWORD}
                          jump: {host: outer, user: hop, password: hunter2, known-hosts: hosts, fingerprint: %s}
                        """.formatted(fingerprint)).ssh().orElseThrow();

        assertThat(ssh)
                .isEqualTo(new SshConfig(
                        "inner",
                        2222,
                        "backup",
                        Optional.of(Path.of("/home/shop/.ssh/id")),
                        Optional.of(new Secret("hunter2")),
                        Optional.empty(),
                        Path.of("/home/shop/.ssh/known_hosts"),
                        Optional.empty(),
                        Optional.of(new SshConfig(
                                "outer",
                                22,
                                "hop",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new Secret("hunter2")),
                                Path.of("/srv/shop/hosts"),
                                Optional.of(fingerprint),
                                Optional.empty(),
                                Optional.empty())),
                        Optional.empty()));
        assertThat(ssh.toString()).doesNotContain("hunter2");
    }

    @Test
    void a_directory_of_another_server_is_a_destination() {
        variables.put("SSH_AUTH_SOCK", "/run/agent");
        String sftp = SMALL.replace("local:\n        path: /var/backups/shop", "sftp: {%s}");

        DestinationConfig read = read(sftp.formatted(
                        "host: nas, port: 2222, user: backup, path: /srv/shop, key: /keys/backup, agent: true"))
                .repository()
                .destinations()
                .getFirst();

        assertThat(read)
                .isEqualTo(new SftpConfig(
                        "disk",
                        new SftpFolder(
                                new SshConfig(
                                        "nas",
                                        2222,
                                        "backup",
                                        Optional.of(Path.of("/keys/backup")),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Path.of("/home/shop/.ssh/known_hosts"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(Path.of("/run/agent"))),
                                "/srv/shop")));
        assertThat(message(sftp.formatted("host: nas, user: backup, key: k"))).contains("'path'");
        assertThat(message(sftp.formatted("host: nas, user: backup, key: k, path: ../other")))
                .contains("'repository.destinations.disk.sftp.path' is no path of a directory");
        variables.remove("SSH_AUTH_SOCK");
        assertThat(message(sftp.formatted("host: nas, user: backup, path: /srv/shop, agent: true")))
                .contains("environment variable 'SSH_AUTH_SOCK' is not set");
    }

    @Test
    void an_ssh_server_needs_a_key_or_a_password() {
        String ssh = SMALL.replace(
                "directory:\n      path: uploads",
                "postgres:\n      url: postgresql://db/shop\n      ssh: {host: h, user: u%s}");

        assertThat(message(ssh.formatted("")))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:6: 'sources.uploads.postgres.ssh' has neither 'key' nor 'password' nor 'agent'");
        assertThat(message(ssh.formatted(", key: k, fingerprint: aa:bb")))
                .contains("'sources.uploads.postgres.ssh.fingerprint' is not a fingerprint");
        assertThat(message(ssh.formatted(", key: k, identity: x"))).contains("unknown key", "identity");
    }

    @Test
    void a_database_url_is_recognised_and_never_shown() {
        String database =
                SMALL.replace("directory:\n      path: uploads", "postgres:\n      url: mysql://root:hunter2@db/shop");

        assertThat(refused(database))
                .hasMessage(
                        "/srv/shop/holdfast.yaml:5: 'sources.uploads.postgres.url' must begin with postgresql:// or be"
                                + " keywords such as host=db dbname=shop");
        assertThat(message(SMALL.replace(
                        "directory:\n      path: uploads", "postgres: postgresql://root:hunter2@db/shop")))
                .isEqualTo("/srv/shop/holdfast.yaml:4: 'sources.uploads.postgres' must be a map, not a single value");
    }

    @Test
    void a_backup_that_would_contain_itself_is_refused() {
        assertThat(message("""
                        stack: shop
                        sources:
                          uploads:
                            bucket:
                              bucket: shop
                              prefix: a/
                        repository:
                          destinations:
                            disk:
                              s3:
                                bucket: shop
                                prefix: a/backup
                        """))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:7: destination 'disk' lies inside source 'uploads'; expected a place outside, or every backup would contain all earlier ones");
    }

    @Test
    void two_destinations_in_one_place_are_refused() {
        assertThat(message(SMALL + "    more:\n      local:\n        path: /var/backups/shop\n"))
                .isEqualTo(
                        "/srv/shop/holdfast.yaml:6: destination 'more' is in the same place as another one; expected a place of its own");
    }

    @Test
    void no_file_is_told_as_such() {
        HoldfastException refused = catchThrowableOfType(
                HoldfastException.class,
                () -> new StackFileReader(new Environment(variables)).read(folder.resolve("holdfast.yaml")));

        assertThat(refused.code()).isEqualTo(ErrorCode.CONFIGURATION_MISSING);
        assertThat(refused).hasMessage("there is no stack file '" + folder.resolve("holdfast.yaml") + "'");
    }

    @Test
    void no_record_shows_a_secret() {
        variables.put("AWS_ACCESS_KEY_ID", "hunter2");
        variables.put("AWS_SECRET_ACCESS_KEY", "hunter2");

        String shown = read(SMALL.replace("four random words", "hunter2-hunter2")
                        .replace(
                                "  uploads:\n    directory:\n      path: uploads\n",
                                "  a:\n    postgres:\n      url: postgresql://u:hunter2@h/d\n      password: hunter2\n  b:\n    bucket:\n      bucket: media\n"))
                .toString();

        assertThat(shown).doesNotContain("hunter2");
    }
}
