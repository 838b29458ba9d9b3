package dev.holdfast.control.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.export.ExportNames.Named;
import dev.holdfast.control.export.ExportNames.Preset;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NameTemplateTest {
    private static final SnapshotId ID = new SnapshotId("01jhm0000000000000000000ab");

    private static NameTemplate.Values values(String time, String extension) {
        return new NameTemplate.Values("shop", "database", "shop", "database", Instant.parse(time), ID, extension);
    }

    private static String name(String template, String time, String extension) {
        return new NameTemplate(template)
                .name(values(time, extension), ZoneOffset.UTC)
                .text();
    }

    private static List<String> names(Preset preset, String time, String extension) {
        return preset.names()
                .all(true)
                .map(template ->
                        template.name(values(time, extension), ZoneOffset.UTC).text())
                .toList();
    }

    @Test
    void the_presets_give_the_names_that_people_have_already() {
        assertThat(names(Preset.TIMESTAMP, "2025-01-15T02:00:00Z", "sql.gz"))
                .containsExactly("shop_2025-01-15_02-00-00.sql.gz");
        assertThat(names(Preset.BACKUPS, "2025-01-15T02:00:00Z", "dump"))
                .containsExactly("backups/postgres/shop_2025-01-15_02-00-00.dump");
        assertThat(names(Preset.FOLDERS, "2025-12-11T02:00:00Z", "sql.gz"))
                .containsExactly("postgres/20251211_020000/shop.sql.gz");
        assertThat(Preset.FOLDERS
                        .names()
                        .main(false)
                        .name(values("2025-12-11T02:00:00Z", "tar"), ZoneOffset.UTC)
                        .text())
                .isEqualTo("minio/20251211_020000/database.tar");
        assertThat(names(Preset.POSTGRES_BACKUP_S3, "2025-01-15T02:00:00Z", "dump"))
                .containsExactly("shop_2025-01-15T02:00:00.dump");
        assertThat(names(Preset.ROTATED, "2024-12-30T02:03:04Z", "sql.gz"))
                .containsExactly(
                        "last/shop-20241230-020304.sql.gz",
                        "daily/shop-20241230.sql.gz",
                        // the week belongs to the next year
                        "weekly/shop-202501.sql.gz",
                        "monthly/shop-202412.sql.gz");
    }

    @Test
    void a_folder_has_no_ending() {
        assertThat(name("{part}_{timestamp}.{ext}", "2025-01-15T02:00:00Z", ""))
                .isEqualTo("database_2025-01-15_02-00-00");
        assertThat(name("{ext}/{part}.d-{timestamp}", "2025-01-15T02:00:00Z", "tar"))
                .isEqualTo("tar/database.d-2025-01-15_02-00-00");
        assertThat(name("v1.{ext}_{part}.d-{timestamp}", "2025-01-15T02:00:00Z", ""))
                .isEqualTo("v1_database.d-2025-01-15_02-00-00");
    }

    @Test
    void times_are_those_of_the_zone() {
        assertThat(new NameTemplate("{timestamp}")
                        .name(values("2025-01-14T23:30:00Z", "sql"), ZoneId.of("Europe/Berlin"))
                        .text())
                .isEqualTo("2025-01-15_00-30-00.sql");
        assertThat(name("{date}_{time}", "2025-01-15T02:00:00Z", "sql")).isEqualTo("2025-01-15_02-00-00.sql");
        assertThat(name("%F %T %j %y %s %u 100%%", "2025-01-15T02:00:00Z", "sql"))
                .isEqualTo("2025-01-15 02:00:00 015 25 1736906400 3 100%.sql");
    }

    @Test
    void an_ending_that_is_there_is_not_added_again() {
        assertThat(name("a-{id}.sql.gz", "2025-01-15T02:00:00Z", "sql.gz")).isEqualTo("a-" + ID + ".sql.gz");
        assertThat(name("a-{id}.sql.gz", "2025-01-15T02:00:00Z", "sql.gz.gpg")).isEqualTo("a-" + ID + ".sql.gz.gpg");
        assertThat(name("a-{id}", "2025-01-15T02:00:00Z", "tar.zst")).isEqualTo("a-" + ID + ".tar.zst");
    }

    @Test
    void the_latest_one_has_the_same_name_without_the_time() {
        assertThat(Stream.of(
                                "{database}_%Y-%m-%d_%H-%M-%S.{ext}",
                                "postgres/%Y%m%d_%H%M%S/{database}",
                                "last/{database}-{id}.{ext}",
                                "%Y/%m/{database}-%d")
                        .map(template -> new NameTemplate(template)
                                .latest(values("2025-01-15T02:00:00Z", "dump"), ZoneOffset.UTC)
                                .text()))
                .containsExactly(
                        "shop_latest.dump",
                        "postgres/latest/shop.dump",
                        "last/shop-latest.dump",
                        "latest/latest/shop-latest.dump");
    }

    @Test
    void no_value_leads_elsewhere_and_no_two_become_the_same() {
        Set<String> encoded = new HashSet<>();
        List<String> values =
                List.of("a/b", "a%2Fb", "a b", "a_b", "..", ".", "-x", "ä", "A", "a", "a\nb", "a:b", "%", "%25", "a.b");

        values.forEach(value -> encoded.add(NameTemplate.encoded(value)));

        assertThat(encoded).hasSameSizeAs(values).allMatch(name -> name.matches("[A-Za-z0-9_%][A-Za-z0-9_%.-]*"));
    }

    @Test
    void what_no_file_may_be_named_is_refused_with_a_way_out() {
        for (String template : List.of(
                "/etc/{id}",
                "../{id}",
                "a//{id}",
                "a\\{id}",
                "{id",
                "id}",
                "{nothing}",
                "%Q{id}",
                "%",
                ".holdfast/{id}")) {
            assertThatThrownBy(() -> new NameTemplate(template))
                    .as(template)
                    .isInstanceOf(Invalid.class)
                    .extracting(e -> ((Invalid) e).hint())
                    .asString()
                    .isNotEmpty();
        }
    }

    @Test
    void a_template_tells_snapshots_apart_by_the_second_or_the_id() {
        for (String apart : List.of("{id}", "%s", "{timestamp}", "%F_%T", "%Y%j%H%M%S", "%y%m%d/%H%M%S")) {
            assertThat(new NameTemplate(apart).tellsSnapshotsApart()).as(apart).isTrue();
        }
        for (String alike : List.of("backup", "{date}", "%Y-%m-%d_%H-%M", "{time}", "{stack}{part}", "%G%V%H%M%S")) {
            assertThat(new NameTemplate(alike).tellsSnapshotsApart()).as(alike).isFalse();
        }
    }

    private static Named database(String name, String database) {
        return new Named(name, Optional.of(database), Optional.empty(), true, false);
    }

    private static final Named EVERY = new Named("server", Optional.empty(), Optional.empty(), true, true);
    private static final Named MEDIA = new Named("media", Optional.empty(), Optional.of("m"), false, false);
    private static final Named UPLOADS = new Named("uploads", Optional.empty(), Optional.empty(), false, false);

    @Test
    void names_that_two_parts_could_share_are_refused() {
        ExportNames.of("{id}").requireDistinct(List.of(database("a", "x")));
        ExportNames.of("{id}").requireDistinct(List.of(database("a", "x"), MEDIA));
        ExportNames.of("{part}{id}").requireDistinct(List.of(database("a", "x"), database("b", "x"), EVERY, MEDIA));
        ExportNames.of("{database}{id}")
                .requireDistinct(List.of(database("a", "x"), database("b", "y"), MEDIA, UPLOADS));
        ExportNames.of("{database}{id}").requireDistinct(List.of(EVERY));

        for (List<Named> alike :
                List.of(List.of(database("a", "x"), database("b", "x")), List.of(EVERY, database("a", "x")))) {
            assertThatThrownBy(() -> ExportNames.of("{database}{id}").requireDistinct(alike))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("several parts could get the same name");
        }
        assertThatThrownBy(() -> ExportNames.of("{id}").requireDistinct(List.of(MEDIA, UPLOADS)))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> ExportNames.of("{id}").requireDistinct(List.of(EVERY)))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> ExportNames.of("{part}_{date}").requireDistinct(List.of(MEDIA)))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("two snapshots");
    }
}
