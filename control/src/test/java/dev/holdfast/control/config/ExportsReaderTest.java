package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportNames;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.error.HoldfastException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExportsReaderTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Fourteen lines. */
    private static final String STACK = """
            stack: shop
            sources:
              database:
                postgres: {url: 'postgresql://shop@db/shop'}
              uploads:
                directory: {path: /srv/uploads}
              media:
                bucket: {endpoint: 'http://127.0.0.1:9000', bucket: media, access-key: a, secret-key: b}
            repository:
              passphrase: four random words
              destinations:
                disk:
                  local: {path: /var/backups/shop}
            zone: Europe/Berlin
            """;

    private static List<ExportConfig> read(String exports) {
        return new StackFileReader(new Environment(Map.of("PASS", "secret")))
                .parse(Path.of("/srv/shop/holdfast.yaml"), "shop.yaml", STACK + exports)
                .exports();
    }

    private static HoldfastException refused(String exports) {
        return catchThrowableOfType(HoldfastException.class, () -> read(exports));
    }

    private static String message(String exports) {
        return refused(exports).getMessage();
    }

    private static String withPlace(String more) {
        return "exports:\n  files:\n    places: {disk: {local: {path: /srv/exports}}}\n" + more;
    }

    @Test
    void the_defaults_are_pinned() {
        assertThat(read("")).isEmpty();
        assertThat(read(withPlace("")))
                .containsExactly(new ExportConfig(
                        "files",
                        List.of(),
                        FileFormat.CUSTOM,
                        FileFormat.TAR_GZ,
                        ExportNames.STANDARD,
                        Set.of(),
                        Protection.NONE,
                        false,
                        Duration.ofMinutes(30),
                        List.of(new ExportPlace(
                                "disk",
                                new PlaceConfig.Local(Path.of("/srv/exports")),
                                RetentionPolicy.standard(BERLIN),
                                false))));
    }

    @Test
    void everything_can_be_said() {
        assertThat(read("""
                exports:
                  nightly:
                    parts: [database]
                    format: {databases: sql.gz, files: zip}
                    name: rotated
                    checksums: [md5, sha256]
                    encrypt: {recipients: [ops.asc], passphrase: '${PASS}'}
                    sign: {key: signer.asc, passphrase: '${PASS}'}
                    latest: true
                    patience: 90s
                    places:
                      cloud:
                        s3: {endpoint: 'http://127.0.0.1:9000', bucket: exports, access-key: a, secret-key: b,
                             part-size: 64MiB, max-parts: 1000, storage-class: GLACIER, lock: 30d}
                        keep: {days: 7, last: 1, hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 6, minimum: 7}
                        when: by-hand
                """).getFirst()).satisfies(export -> {
            assertThat(export.parts()).containsExactly("database");
            assertThat(export.patience()).isEqualTo(Duration.ofSeconds(90));
            assertThat(export.databases()).isEqualTo(FileFormat.SQL_GZ);
            assertThat(export.files()).isEqualTo(FileFormat.ZIP);
            assertThat(export.names()).isEqualTo(ExportNames.Preset.ROTATED.names());
            assertThat(export.checksums()).containsExactlyInAnyOrder(Checksum.MD5, Checksum.SHA256);
            assertThat(export.protection())
                    .isEqualTo(new Protection(
                            List.of(Path.of("/srv/shop/ops.asc")),
                            Optional.of(new Secret("secret")),
                            Optional.of(Path.of("/srv/shop/signer.asc")),
                            Optional.of(new Secret("secret"))));
            assertThat(export.latest()).isTrue();
            ExportPlace place = export.places().getFirst();
            assertThat(place.byHand()).isTrue();
            assertThat(place.keep())
                    .isEqualTo(RetentionPolicy.builder()
                            .days(7)
                            .last(1)
                            .hourly(2)
                            .daily(3)
                            .weekly(4)
                            .monthly(5)
                            .yearly(6)
                            .minimum(7)
                            .zone(BERLIN)
                            .build());
            PlaceConfig.S3 s3 = (PlaceConfig.S3) place.config();
            assertThat(s3.partSize()).contains(ByteSize.mebibytes(64));
            assertThat(s3.maxParts()).isEqualTo(1000);
            assertThat(s3.storageClass()).contains("GLACIER");
            assertThat(s3.lock()).contains(Duration.ofDays(30));
            assertThat(s3.location()).isEqualTo("s3://exports");
        });
    }

    @Test
    void trees_are_for_buckets_and_directories_and_have_nothing_that_only_files_can_have() {
        String tree = "    format: {files: tree}\n";
        assertThat(read(withPlace(tree)).getFirst().files()).isEqualTo(FileFormat.TREE);
        assertThat(read(withPlace(tree + "    latest: false\n"))).hasSize(1);
        assertThat(message(withPlace("    format: {databases: tree}\n")))
                .contains("'exports.files.format.databases' is 'tree'");
        assertThat(message(withPlace(tree + "    checksums: [sha256]\n")))
                .isEqualTo("shop.yaml:19: 'exports.files' keeps buckets and directories as trees, and trees have no"
                        + " 'checksums'");
        assertThat(message(withPlace(tree + "    latest: true\n"))).contains("trees have no 'latest'");
        assertThat(message(withPlace(tree + "    encrypt: {passphrase: secret}\n")))
                .contains("trees have no 'encrypt'");
        assertThat(message(withPlace(tree + "    name: rotated\n"))).contains("trees have no copies");
    }

    @Test
    void what_is_wrong_is_told_with_its_line_and_what_to_do() {
        assertThat(refused(withPlace("    parts: [databse]\n")))
                .hasMessageStartingWith("shop.yaml:18: 'exports.files.parts' names 'databse'")
                .hasMessageEndingWith("did you mean 'database'?");
        assertThat(message(withPlace("    name: 'backup-{date}'\n")))
                .isEqualTo(
                        "shop.yaml:18: 'exports.files.name': two snapshots could get the same name by 'backup-{date}'");
        assertThat(message(withPlace("    name: 'backup-{timestamp}'\n")))
                .isEqualTo("shop.yaml:18: 'exports.files.name': several parts could get the same name by"
                        + " 'backup-{timestamp}'");
        assertThat(refused(withPlace("    name: 'backup-{nothing}'\n")).hint()).contains("{database}");
        assertThat(message(withPlace("    format: {databases: tar}\n")))
                .contains("'exports.files.format.databases' is 'tar'; expected custom, sql, sql.gz or sql.zst");
        assertThat(message(withPlace("    encrypt: {}\n"))).contains("neither 'recipients' nor 'passphrase'");
        assertThat(message(withPlace("    checksums: [crc]\n"))).contains("expected md5 or sha256");
        assertThat(message("exports: {files: {places: {}}}\n")).contains("'exports.files.places' is empty");
        assertThat(message("exports: {files: {places: {disk: {}}}}\n")).contains("place 'disk' has no kind");
        assertThat(message("exports: {files: {places: {disk: {local: {path: /x}, keep: {days: 0}}}}}\n"))
                .contains("has no rule with more than 0");
        assertThat(message("exports: {files: {places: {disk: {local: {path: /x}, when: sometimes}}}}\n"))
                .contains("expected after-backup or by-hand");
    }

    @Test
    void a_place_within_a_source_or_a_repository_is_refused() {
        assertThat(message("exports: {files: {places: {disk: {local: {path: /srv/uploads/exports}}}}}\n"))
                .contains("place 'disk' of export 'files' lies inside source 'uploads'");
        for (String path : List.of("/var/backups", "/var/backups/shop", "/var/backups/shop/exports")) {
            assertThat(message("exports: {files: {places: {disk: {local: {path: " + path + "}}}}}\n"))
                    .contains("destination 'disk' lie one within the other");
        }
        assertThat(message("exports: {files: {places: {cloud: {s3: {endpoint: 'http://127.0.0.1:9000', bucket: media,"
                        + " prefix: x, access-key: a, secret-key: b}}}}}\n"))
                .contains("lies inside source 'media'");
    }
}
