package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.files.LocalPlace;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportNames;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.ExportsOperation.Work;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real folders, and the tools that people have. */
class ExportsInFoldersTest {
    @TempDir
    Path folder = Path.of("");

    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private Instant now = Instant.parse("2026-11-20T02:00:00Z");
    private Path place = Path.of("");
    private StackConfig stack = Stacks.SHOP;

    @BeforeEach
    void describe() {
        place = folder.resolve("exports");
        stack = Stacks.SHOP.withExports(List.of(new ExportConfig(
                "files",
                List.of("database"),
                FileFormat.CUSTOM,
                FileFormat.TAR,
                ExportNames.Preset.BACKUPS.names(),
                Set.of(Checksum.MD5, Checksum.SHA256),
                Protection.NONE,
                true,
                ExportConfig.PATIENCE,
                List.of(new ExportPlace(
                        "disk",
                        new PlaceConfig.Local(place),
                        RetentionPolicy.builder().last(2).minimum(1).build(),
                        false)))));
    }

    private ExportsResult keep(boolean byHand) {
        ExportPlaces places = new ExportPlaces() {
            @Override
            public FilePlace open(PlaceConfig config) {
                return new LocalPlace(Path.of(config.location()));
            }

            @Override
            public Exporter exporter(Part part, FileFormat format) {
                return connectors.exporter(part, new ExportFormat.Archive(6));
            }

            @Override
            public ExportFile encoded(FileFormat format, ExportFile file) {
                return file;
            }

            @Override
            public ExportFile protectedBy(Protection protection, ExportFile file) {
                throw new UnsupportedOperationException();
            }
        };
        return new ExportsOperation(places, repository, () -> now)
                .run(new ExportsOperation.Request(stack, Optional.empty(), Work.KEEP, byHand), Run.silent());
    }

    private void backup() {
        now = now.plus(Duration.ofDays(1));
        repository.add("shop", now, part("database", "postgres", 3, 30));
    }

    private int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(place.resolve("backups/postgres").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void the_tools_that_people_have_check_what_is_there() throws IOException, InterruptedException {
        backup();

        assertThat(keep(true).concern()).isEmpty();

        String name = "shop_2026-11-21_02-00-00.dump";
        assertThat(run("md5sum", "-c", name + ".md5")).isZero();
        assertThat(run("sha256sum", "-c", name + ".sha256")).isZero();
        Path file = place.resolve("backups/postgres").resolve(name);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readSymbolicLink(file.resolveSibling("shop_latest.dump")))
                .isEqualTo(Path.of(name));
        Files.write(file, new byte[] {9});
        assertThat(run("sha256sum", "-c", name + ".sha256")).isNotZero();
    }

    @Test
    void what_a_folder_does_not_keep_goes_and_the_link_follows() throws IOException {
        backup();
        keep(true);
        Files.writeString(place.resolve("backups/postgres/shop_2020-01-01_00-00-00.dump"), "somebody else's");
        for (int i = 0; i < 3; i++) {
            backup();
            assertThat(keep(false).concern()).isEmpty();
        }

        try (Stream<Path> there = Files.list(place.resolve("backups/postgres"))) {
            assertThat(there.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".dump")))
                    .containsExactlyInAnyOrder(
                            "shop_2020-01-01_00-00-00.dump",
                            "shop_2026-11-23_02-00-00.dump",
                            "shop_2026-11-24_02-00-00.dump",
                            "shop_latest.dump");
        }
        assertThat(Files.readSymbolicLink(place.resolve("backups/postgres/shop_latest.dump")))
                .isEqualTo(Path.of("shop_2026-11-24_02-00-00.dump"));
    }

    @Test
    void a_disk_that_is_not_mounted_is_not_taken_for_a_new_place() {
        backup();

        ExportsResult result = keep(false);

        assertThat(result.failure()).isPresent();
        assertThat(place).doesNotExist();
    }
}
