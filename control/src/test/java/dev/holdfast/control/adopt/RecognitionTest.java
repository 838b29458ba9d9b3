package dev.holdfast.control.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.adopt.BackupHead;
import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.BackupHead.Layer;
import dev.holdfast.control.adopt.AdoptedBackup.Clock;
import dev.holdfast.control.adopt.AdoptedBackup.State;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.PlacedFile;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecognitionTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Instant WRITTEN = Instant.parse("2025-01-15T02:00:07Z");
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final List<PlacedFile> files = new ArrayList<>();
    private final Map<FileName, BackupHead> heads = new HashMap<>();

    private void put(String name, long bytes, Instant modified) {
        files.add(new PlacedFile(new FileName(name), bytes, modified));
    }

    private void put(String name) {
        put(name, 1000 + name.length(), WRITTEN);
    }

    private void custom(String name, String database) {
        put(name);
        heads.put(
                new FileName(name),
                new BackupHead(List.of(), Kind.CUSTOM, Optional.of(database), Optional.empty(), Optional.empty()));
    }

    private AdoptedBackups found(ZoneId zone, Set<FileName> own) {
        return new Recognition("/srv/backups", zone, own, NOW).recognise(files, worth -> {
            assertThat(worth).noneMatch(file -> file.bytes() == 0);
            return heads;
        });
    }

    private AdoptedBackups found() {
        return found(UTC, Set.of());
    }

    private AdoptedBackup only() {
        AdoptedBackups found = found();
        assertThat(found.backups()).hasSize(1);
        return found.backups().getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "backup/app_2025-01-15T02:00:00.dump,postgres-backup-s3,app,custom,2025-01-15T02:00:00Z",
        "backup/app_2025-01-15T02:00:00.dump.gpg,postgres-backup-s3,app,custom,2025-01-15T02:00:00Z",
        "last/app-20250115-020000.sql.gz,postgres-backup-local,app,sql,2025-01-15T02:00:00Z",
        "daily/app-20250115.sql.gz,postgres-backup-local,app,sql,2025-01-15T02:00:07Z",
        "weekly/app-202503.sql.gz,postgres-backup-local,app,sql,2025-01-15T02:00:07Z",
        "monthly/app-202501.sql.gz,postgres-backup-local,app,sql,2025-01-15T02:00:07Z",
        "monthly/app-202402.sql.gz,postgres-backup-local,app,sql,2024-02-01T00:00:00Z",
        "shop_2025-01-15_02-00-00.sql.gz,timestamp,shop,sql,2025-01-15T02:00:00Z",
        "backups/postgres/shop_2025-01-15_02-00-00.dump,backups,shop,custom,2025-01-15T02:00:00Z",
        "postgres/20251211_020000/shop.dump,folders,shop,custom,2025-12-11T02:00:00Z",
        "my-shop.v2_20250115T0200Z.sql.zst,plain,my-shop.v2,sql,2025-01-15T02:00:00Z",
        "2025-01-15-shop.sql,plain,shop,sql,2025-01-15T02:00:07Z",
        "app_20200101_2025-01-15_02-00-00.dump,timestamp,app_20200101,custom,2025-01-15T02:00:00Z",
        "shop-1736906400.sql.gz,plain,shop,sql,2025-01-15T02:00:00Z",
        "shop_2025-01-15T02:00:00+0200.dump,plain,shop,custom,2025-01-15T00:00:00Z",
        "shop_2025-01-15_02-00-00-4711.dump,plain,shop,custom,2025-01-15T02:00:00Z",
    })
    void layouts_are_known_by_their_names(String name, String layout, String database, String kind, Instant time) {
        put(name);
        assertThat(only())
                .extracting(
                        backup -> backup.layout().label(),
                        backup -> backup.database().orElse(""),
                        backup -> backup.kind().label(),
                        AdoptedBackup::time,
                        AdoptedBackup::clock)
                .containsExactly(layout, database, kind, time, Clock.NAME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.dump",
                "shop_03-04-2025.dump",
                "shop_2025-02-30.dump",
                "shop_99999999.dump",
                "v12345678.dump"
            })
    void a_time_that_no_name_says_unambiguously_is_that_of_the_file(String name) {
        put(name);
        assertThat(only())
                .extracting(AdoptedBackup::time, AdoptedBackup::clock)
                .containsExactly(WRITTEN, Clock.MODIFIED);
    }

    @Test
    void times_in_names_are_of_the_zone_that_the_tool_ran_in() {
        put("shop_2025-07-15_02-00-00.sql.gz");
        assertThat(found(ZoneId.of("Europe/Berlin"), Set.of())
                        .backups()
                        .getFirst()
                        .time())
                .isEqualTo(Instant.parse("2025-07-15T00:00:00Z"));
    }

    @Test
    void the_latest_of_app_is_never_one_of_app_test() {
        put("backup/app_2025-01-15T02:00:00.dump");
        put("backup/app_test_2026-01-15T02:00:00.dump");
        put("backup/app-test_2026-01-16T02:00:00.dump");
        AdoptedBackups all = found();

        assertThat(all.of("app").select("latest").name().text()).isEqualTo("backup/app_2025-01-15T02:00:00.dump");
        assertThat(all.of("app_test").backups()).hasSize(1);
        assertThat(all.of("app_").backups()).isEmpty();
        assertThatThrownBy(() -> all.select("latest"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("several databases")
                .hasMessageContaining("app, app-test, app_test");
        assertThatThrownBy(() -> all.of("ap").select("latest")).isInstanceOf(Missing.class);
    }

    @Test
    void a_file_that_says_its_database_is_believed_and_the_disagreement_is_told() {
        custom("app_2025-01-15T02:00:00.dump", "app_test");
        AdoptedBackups found = found();

        assertThat(found.backups().getFirst().database()).contains("app_test");
        assertThat(found.of("app").backups()).isEmpty();
        assertThat(found.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .contains("'app'")
                        .contains("'app_test'")
                        .contains("believed"));
    }

    @Test
    void unfinished_and_empty_files_are_listed_and_never_the_latest() {
        put("last/app-20250115-020000.sql.gz");
        put("last/app-20250116-020000.sql.gz", 0, WRITTEN);
        put("last/app-20250117-020000.sql.gz.tmp");
        put("last/.app-20250118-020000.sql.gz");
        put("last/app-20250119-020000.sql.gz");
        heads.put(
                new FileName("last/app-20250119-020000.sql.gz"),
                new BackupHead(
                        List.of(Layer.GZIP),
                        Kind.EMPTY,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("it holds nothing")));
        AdoptedBackups found = found();

        assertThat(found.backups()).hasSize(5);
        assertThat(found.backups())
                .filteredOn(backup -> backup.state() == State.UNUSABLE)
                .extracting(AdoptedBackup::why)
                .containsExactlyInAnyOrder(
                        "it has 0 bytes",
                        "it has the name of a file that was not finished",
                        "it has the name of a file that was not finished",
                        "it holds nothing");
        assertThat(found.select("latest").name().text()).isEqualTo("last/app-20250115-020000.sql.gz");
    }

    @Test
    void links_are_not_counted_twice() {
        put("last/app-20250115-020000.sql.gz", 700, WRITTEN);
        put("last/app-latest.sql.gz", 700, WRITTEN);
        put("daily/app-20250115.sql.gz", 700, WRITTEN);
        put("daily/app-latest.sql.gz", 700, WRITTEN);
        put("weekly/app-202503.sql.gz", 700, WRITTEN);
        put("monthly/app-202501.sql.gz", 700, WRITTEN);
        put("daily/app-20250114.sql.gz", 700, WRITTEN.minusSeconds(86_400));
        put("last/app-latest.sql.gz.copy", 700, NOW);
        AdoptedBackups found = found();

        assertThat(found.backups())
                .extracting(backup -> backup.name().text())
                .containsExactly("last/app-20250115-020000.sql.gz", "daily/app-20250114.sql.gz");
        assertThat(found.backups().getFirst().also()).hasSize(5);
        assertThat(found.select("daily/app-latest.sql.gz").name().text()).isEqualTo("last/app-20250115-020000.sql.gz");
    }

    @Test
    void a_copy_of_the_latest_in_a_bucket_is_not_counted_twice() {
        put("app_2025-01-15_02-00-00.dump", 700, WRITTEN);
        put("app_2025-01-16_02-00-00.dump", 701, WRITTEN);
        put("app_latest.dump", 701, NOW);

        assertThat(found().backups()).hasSize(2);
        assertThat(found().backups().getFirst().also()).containsExactly(new FileName("app_latest.dump"));
    }

    @Test
    void names_that_mean_two_moments_are_two_backups_even_if_the_files_are_alike() {
        put("app_2025-01-15_02-00-00.dump", 700, WRITTEN);
        put("app_2025-01-16_02-00-00.dump", 700, WRITTEN);
        put("daily/app-20250115.sql.gz", 700, WRITTEN);
        put("daily/app-20250116.sql.gz", 700, WRITTEN);

        assertThat(found().backups()).hasSize(4);
    }

    @Test
    void databases_of_equal_length_and_time_are_two() {
        put("last/app-20250115-020000.sql.gz", 700, WRITTEN);
        put("last/shop-20250115-020000.sql.gz", 700, WRITTEN);

        assertThat(found().backups()).hasSize(2);
    }

    @Test
    void what_the_ledger_of_holdfast_is_made_of_is_left_alone() {
        put(".holdfast/shop/01jd8x.json");
        put("shop_2025-01-15_02-00-00.sql.gz");
        put("shop_2025-01-15_02-00-00.sql.gz.sha256");
        put("manifest.json");
        AdoptedBackups found = found(UTC, Set.of(new FileName("shop_2025-01-15_02-00-00.sql.gz")));

        assertThat(found.backups())
                .singleElement()
                .extracting(AdoptedBackup::layout)
                .isEqualTo(Layout.HOLDFAST);
        assertThat(found.others()).isEqualTo(2);
    }

    @Test
    void folders_of_objects_and_of_pg_dump_are_one_backup_each() {
        put("minio/20251211_020000/uploads/a.jpg");
        put("minio/20251211_020000/uploads/b.dump");
        put("minio/20251211_020000/uploads/kept/toc.dat");
        put("minio/20251212_020000/c.jpg");
        put("shop_20250115/toc.dat");
        put("shop_20250115/README");
        put("shop_20250115/3301.dat.gz");
        AdoptedBackups found = found();

        assertThat(found.backups())
                .extracting(backup -> backup.name() + " " + backup.kind() + " " + backup.files())
                .containsExactly(
                        "minio/20251212_020000 TREE 1", "minio/20251211_020000 TREE 3", "shop_20250115 DUMP_FOLDER 2");
        assertThat(found.backups().getLast().database()).contains("shop");
        assertThat(found.backups().getFirst().layout()).isEqualTo(Layout.FOLDERS);
    }

    @Test
    void other_files_are_counted_and_not_listed() {
        put("notes.txt");
        put("picture.jpg");
        put("pg_backup");
        heads.put(
                new FileName("pg_backup"),
                new BackupHead(List.of(), Kind.CUSTOM, Optional.of("app"), Optional.empty(), Optional.empty()));

        assertThat(found().others()).isEqualTo(2);
        assertThat(found().select("latest").database()).contains("app");
    }

    @Test
    void ids_are_short_and_stay() {
        IntStream.range(0, 1500).forEach(i -> put("app_" + (1_700_000_000 + 86_400 * i) + ".dump"));
        AdoptedBackups found = found();

        assertThat(found.backups().stream().map(AdoptedBackup::id).distinct()).hasSize(1500);
        AdoptedBackup one = found.backups().get(700);
        assertThat(one.id()).hasSize(10).isEqualTo(AdoptedBackup.id("/srv/backups", one.name(), one.bytes()));
        assertThat(found.select(one.id()).name()).isEqualTo(one.name());
    }
}
