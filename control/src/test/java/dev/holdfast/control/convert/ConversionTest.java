package dev.holdfast.control.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConversionTest {
    private static final Path FOLDER = Path.of("/srv/stack");
    private static final Map<String, String> SET = Map.of(
            "HOLDFAST_PASSPHRASE", "four random words",
            "POSTGRES_PASSWORD", "in the environment",
            "S3_ACCESS_KEY_ID", "key",
            "S3_SECRET_ACCESS_KEY", "secret",
            "PASSPHRASE", "of the files",
            "SHOP_PASSWORD", "of the shop",
            "DATABASES_PASSWORD", "of all",
            "DB_PASS", "referred to",
            "HEALTHCHECKS_URL", "https://hc-ping.com/x");

    private static StackConfig loaded(Converted converted) {
        converted.requireReadable(FOLDER);
        return new StackFileReader(new Environment(SET))
                .parse(FOLDER.resolve("holdfast.yaml"), "holdfast.yaml", converted.text());
    }

    @Test
    void borgmatic_becomes_sources_retention_and_a_ping() {
        Converted converted = Borgmatic.convert("""
                constants:
                    host: db.example.org
                source_directories:
                    - /home
                    - /etc/
                    - /var/log/*
                exclude_patterns:
                    - '*.pyc'
                    - /home/*/.cache
                    - re:^/secret
                repositories:
                    - path: ssh://borg:pass@nas/./repo
                      label: nas
                encryption_passphrase: "very secret borg"
                keep_daily: 7
                keep_monthly: 6
                keep_within: 3H
                keep_13weekly: 2
                compression: zstd
                checks:
                    - name: repository
                commands:
                    - before: action
                      run: [echo hi]
                postgresql_databases:
                    - name: shop
                      hostname: "{host}"
                      port: 5433
                      username: shop
                      password: hunter2
                      format: custom
                      ssl_mode: require
                    - name: all
                      username: postgres
                      password: ${DB_PASS}
                healthchecks:
                    ping_url: https://hc-ping.com/11111111-2222-3333-4444-555555555555
                """, "config.yaml");
        StackConfig stack = loaded(converted);

        assertThat(stack.sources()).hasSize(4);
        PostgresConfig shop = (PostgresConfig) stack.source("shop").orElseThrow();
        assertThat(shop.url().text()).isEqualTo("postgresql://shop@db.example.org:5433/shop?sslmode=require");
        assertThat(shop.password().orElseThrow().text()).isEqualTo("of the shop");
        PostgresConfig all = (PostgresConfig) stack.source("databases").orElseThrow();
        assertThat(all.scope().everyDatabase()).isTrue();
        assertThat(all.password()).as(converted.text()).isPresent();
        assertThat(all.password().orElseThrow().text()).isEqualTo("referred to");
        DirectoryConfig home = (DirectoryConfig) stack.source("files-home").orElseThrow();
        assertThat(home.path()).isEqualTo(Path.of("/home"));
        assertThat(home.exclude()).containsExactly("*.pyc", "/*/.cache");
        assertThat(((DirectoryConfig) stack.source("files-etc").orElseThrow()).exclude())
                .containsExactly("*.pyc");
        assertThat(stack.policies().retention().policy().daily()).isEqualTo(7);
        assertThat(stack.policies().retention().policy().monthly()).isEqualTo(6);
        assertThat(stack.policies().notifications().channels()).hasSize(1);
        assertThat(converted.text())
                .doesNotContain("hunter2", "very secret borg", "11111111", "borg:pass")
                .contains("keep-within: 3h");
        assertThat(converted.notes())
                .anyMatch(note -> note.startsWith("config.yaml:3: '/var/log/*' was left out"))
                .anyMatch(note -> note.contains("'re:^/secret' was left out"))
                .anyMatch(note -> note.contains("'keep_13weekly' was left out"))
                .anyMatch(note -> note.contains("'checks' was left out"))
                .anyMatch(note -> note.contains("'commands' was left out"))
                .anyMatch(note -> note.contains("'format' was left out"))
                .anyMatch(note -> note.contains("'encryption_passphrase' belongs to the Borg repository"))
                .anyMatch(note -> note.contains("put it into the variable SHOP_PASSWORD"));
    }

    @Test
    void borgmatic_of_old_is_read_too_and_what_is_included_is_told() {
        Converted converted = Borgmatic.convert("""
                <<: !include common.yaml
                location:
                    source_directories: [/srv]
                    repositories: [/mnt/usb/repo]
                retention: !include retention.yaml
                """, "old.yaml");

        assertThat(loaded(converted).sources()).hasSize(1);
        assertThat(converted.notes())
                .anyMatch(note -> note.startsWith("old.yaml:1: what is included"))
                .anyMatch(note -> note.startsWith("old.yaml:5: what is included"));
    }

    @Test
    void what_holds_nothing_for_holdfast_is_refused() {
        assertThatThrownBy(() -> Borgmatic.convert("mysql_databases: [{name: shop}]", "config.yaml"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("neither");
        assertThatThrownBy(() -> Borgmatic.convert("[", "config.yaml"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("not YAML");
    }

    @Test
    void variables_of_postgres_backup_s3_become_a_stack_and_the_old_bucket_is_adopted() {
        Converted converted = DumpImages.postgresBackupS3("""
                # production
                POSTGRES_DATABASE=app
                POSTGRES_HOST=db
                POSTGRES_USER=app
                POSTGRES_PASSWORD='hunter2'
                S3_BUCKET=old-backups
                S3_PREFIX=backup
                S3_ENDPOINT=https://s3.example.org
                S3_ACCESS_KEY_ID=AKIA123
                S3_SECRET_ACCESS_KEY_FILE=/run/secrets/s3
                PASSPHRASE=correct-horse
                SCHEDULE=@every 6h
                BACKUP_KEEP_DAYS=14
                PGDUMP_EXTRA_OPTS=--exclude-table=x
                MY_TOKEN=abcdef
                """, "backup.env", Optional.empty());
        converted.requireReadable(FOLDER);

        assertThat(converted.text())
                .doesNotContain("hunter2", "AKIA123", "correct-horse", "abcdef")
                .contains("secret-key-file: '/run/secrets/s3'", "schedule: '@every 6h'", "keep-days: 14");
        StackConfig stack = loaded(new Converted(
                converted.text().replace("secret-key-file: '/run/secrets/s3'", "secret-key: '${S3_SECRET_ACCESS_KEY}'"),
                converted.notes(),
                converted.secrets()));
        assertThat(((PostgresConfig) stack.sources().getFirst()).url().text())
                .isEqualTo("postgresql://app@db:5432/app");
        assertThat(stack.adopted()).singleElement().satisfies(old -> {
            assertThat(((PlaceConfig.S3) old.config()).place().url()).isEqualTo("s3://old-backups/backup/");
            assertThat(old.opening().passphrase().orElseThrow().text()).isEqualTo("of the files");
        });
        assertThat(converted.notes())
                .anyMatch(note -> note.startsWith("PGDUMP_EXTRA_OPTS was left out"))
                .anyMatch(note -> note.startsWith("MY_TOKEN was left out"))
                .anyMatch(note -> note.startsWith("the value of POSTGRES_PASSWORD was not copied"));
    }

    @Test
    void variables_that_compose_takes_over_count_too() {
        Converted converted = DumpImages.postgresBackupLocal("""
                x-server: &server
                  POSTGRES_HOST: db
                  POSTGRES_USER: clerk
                services:
                  pgbackups:
                    image: prodrigestivill/postgres-backup-local:16
                    environment:
                      <<: *server
                      POSTGRES_USER: postgres
                      POSTGRES_DB: shop
                      POSTGRES_PASSWORD:
                """, "compose.yaml", Optional.empty());

        assertThat(converted.text())
                .contains("postgresql://postgres@db:5432/shop")
                .contains("password: '${POSTGRES_PASSWORD}'");
        assertThat(DumpImages.postgresBackupLocal("""
                services:
                  pgbackups:
                    image: prodrigestivill/postgres-backup-local:16
                    environment: [POSTGRES_HOST=db, POSTGRES_DB=shop, POSTGRES_PASSWORD]
                """, "compose.yaml", Optional.empty())
                        .text())
                .contains("password: '${POSTGRES_PASSWORD}'");
    }

    @Test
    void a_span_that_is_longer_than_any_is_told() {
        Converted converted =
                Borgmatic.convert("source_directories: [/srv]\nkeep_within: 99999999999d\n", "config.yaml");
        assertThat(converted.notes()).anyMatch(note -> note.contains("'keep_within' was left out"));
    }

    @Test
    void a_compose_file_of_postgres_backup_local_becomes_a_stack() {
        Converted converted = DumpImages.postgresBackupLocal("""
                services:
                  db:
                    image: postgres:16
                  pgbackups:
                    image: prodrigestivill/postgres-backup-local:16
                    environment:
                      - POSTGRES_HOST=db
                      - POSTGRES_DB=app,shop
                      - POSTGRES_USER=postgres
                      - POSTGRES_PASSWORD=${DB_PASS}
                      - SCHEDULE=@daily
                      - TZ=Europe/Berlin
                      - BACKUP_KEEP_DAYS=10
                      - WEBHOOK_URL=https://hooks.example.org/secret
                """, "compose.yaml", Optional.empty());
        StackConfig stack = loaded(converted);

        assertThat(stack.sources()).extracting(source -> source.name()).containsExactly("app", "shop");
        assertThat(((PostgresConfig) stack.sources().getFirst())
                        .password()
                        .orElseThrow()
                        .text())
                .isEqualTo("referred to");
        assertThat(stack.policies().retention().policy().daily()).isEqualTo(10);
        assertThat(stack.policies().retention().policy().weekly()).isEqualTo(4);
        assertThat(stack.policies().retention().policy().zone().getId()).isEqualTo("Europe/Berlin");
        assertThat(stack.adopted().getFirst().config()).isEqualTo(new PlaceConfig.Local(Path.of("/backups")));
        assertThat(converted.text()).doesNotContain("hooks.example.org");
        assertThat(converted.notes()).anyMatch(note -> note.startsWith("WEBHOOK_URL was left out"));
    }
}
