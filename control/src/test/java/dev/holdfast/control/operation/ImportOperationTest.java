package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.FileRestore;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.operation.AdoptResult.Outcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ImportOperationTest {
    private final List<String> log = new ArrayList<>();
    private final List<Path> unpackedFolders = new ArrayList<>();
    private final List<List<String>> unpacked = new ArrayList<>();

    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private final MemoryPlace old = new MemoryPlace(() -> FakeRepository.NOW);
    private final List<String> captured = new ArrayList<>();
    private final ImportOperation operation = new ImportOperation(connectors, repository, () -> FakeRepository.NOW);

    ImportOperationTest() {
        connectors.asked = this::seeUnpacked;
        connectors.exportPlaces.put("/old", old);
        connectors.adopted = new AdoptedDatabases() {
            @Override
            public <T> T captured(
                    TrialDump dump, String owner, String database, Runnable heartbeat, Function<Source, T> then) {
                if (dump.where().contains("2025-01-02")) {
                    throw new Failed(ErrorCode.DATABASE_RESTORE_FAILED, "it does not restore", "");
                }
                captured.add(owner + " " + database);
                return then.apply(connectors.source(Stacks.SHOP.sources().getLast(), Stacks.REPOSITORY));
            }

            @Override
            public FileRestore into(
                    PostgresConfig target,
                    boolean overwrite,
                    boolean keepsOwners,
                    boolean keepsReplaced,
                    Runnable heartbeat) {
                throw new IllegalStateException("nothing is restored");
            }
        };
    }

    private void seeUnpacked(SourceConfig source) {
        if (source instanceof DirectoryConfig directory) {
            unpackedFolders.add(directory.path());
            try (Stream<Path> all = Files.walk(directory.path())) {
                unpacked.add(all.filter(path -> !path.equals(directory.path()))
                        .map(path -> directory.path().relativize(path).toString())
                        .sorted()
                        .toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void dump(String name, String rows) {
        String text = """
                --
                -- PostgreSQL database dump
                --

                -- Dumped from database version 15.1

                CREATE TABLE public.t (i integer);

                COPY public.t (i) FROM stdin;
                ROWS\\.

                --
                -- PostgreSQL database dump complete
                --

                """;
        old.put(name, text.replace("ROWS", rows).getBytes(StandardCharsets.UTF_8));
    }

    private AdoptResult imported(boolean dryRun, String... chosen) {
        return operation.run(
                new ImportOperation.Request(
                        Stacks.SHOP,
                        new AdoptedPlace(
                                "old",
                                new PlaceConfig.Local(Path.of("/old")),
                                AdoptedPlace.Opening.NONE,
                                ZoneOffset.UTC),
                        Optional.empty(),
                        List.of(chosen),
                        dryRun),
                Run.silent());
    }

    @Test
    void what_is_not_opened_is_told_with_what_would_open_it() {
        old.put("shop_2025-01-01_02-00-00.sql.gpg", "-----BEGIN PGP MESSAGE-----\n".getBytes(StandardCharsets.UTF_8));
        old.put("shop_2025-01-02_02-00-00.sql.xz", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4});

        assertThat(imported(true).items())
                .extracting(item -> ((Outcome.Failed) item.outcome()).reason().hint())
                .containsExactly(
                        "give its passphrase or secret key.",
                        "take that off with its own program, and adopt what comes out.");
    }

    @Test
    void each_becomes_a_snapshot_of_its_own_time_and_one_that_fails_hides_nothing() {
        dump("shop_2025-01-01_02-00-00.sql", "1\n");
        dump("shop_2025-01-02_02-00-00.sql", "1\n2\n");
        dump("shop_2025-01-03_02-00-00.sql", "1\n2\n3\n");
        old.put("shop_2025-01-04_02-00-00.sql", new byte[0]);
        AdoptResult result = imported(false);

        assertThat(result.items())
                .extracting(item -> item.backup().name().text().substring(5, 15) + " "
                        + item.outcome().getClass().getSimpleName())
                .containsExactly(
                        "2025-01-01 Imported", "2025-01-02 Failed", "2025-01-03 Imported", "2025-01-04 Failed");
        assertThat(result.concern()).contains(ErrorCode.FINDINGS);
        assertThat(result.failures()).isEqualTo(2);
        assertThat(log)
                .contains("begin shop showing 2025-01-01T02:00:00Z", "begin shop showing 2025-01-03T02:00:00Z")
                .contains("begin part database")
                .noneMatch(line -> line.contains("2025-01-02T"));
        assertThat(captured).containsExactly("shop shop", "shop shop");
        assertThat(repository.snapshots)
                .hasSize(2)
                .extracting(Snapshot::labels)
                .allSatisfy(labels -> assertThat(labels)
                        .containsEntry(ImportOperation.TOOL, "timestamp")
                        .containsKeys(ImportOperation.FILE, ImportOperation.DIGEST));
    }

    @Test
    void importing_twice_imports_nothing_twice_even_under_another_name() {
        dump("shop_2025-01-01_02-00-00.sql", "1\n");
        imported(false);
        dump("renamed/shop_2025-01-05_02-00-00.sql", "1\n");
        AdoptResult again = imported(false);

        assertThat(again.items())
                .hasSize(2)
                .allSatisfy(item -> assertThat(item.outcome()).isInstanceOf(Outcome.There.class));
        assertThat(repository.snapshots).hasSize(1);
        assertThat(again.concern()).isEmpty();
    }

    @Test
    void a_dry_run_writes_nothing() {
        dump("shop_2025-01-01_02-00-00.sql", "1\n");

        assertThat(imported(true).items())
                .singleElement()
                .satisfies(item -> assertThat(item.outcome()).isEqualTo(new Outcome.Planned("database")));
        assertThat(repository.snapshots).isEmpty();
        assertThat(captured).isEmpty();
    }

    @Test
    void what_is_of_another_database_never_becomes_the_part_of_this_one() {
        dump("shop_test_2025-01-01_02-00-00.sql", "1\n");

        assertThat(imported(true).items())
                .singleElement()
                .satisfies(item -> assertThat(item.outcome()).isEqualTo(new Outcome.Planned("shop_test")));
    }

    @Test
    void what_is_yet_to_come_is_refused() {
        dump("shop_2031-01-01_02-00-00.sql", "1\n");
        AdoptResult result = imported(false);

        assertThat(result.failures()).isOne();
        assertThat(result.failure().orElseThrow()).hasMessageContaining("yet to come");
        assertThat(result.concern()).contains(ErrorCode.USAGE);
    }

    private static byte[] zip(String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void files_become_a_part_of_the_directory_that_has_their_name_and_else_one_of_their_own() throws IOException {
        old.put("uploads_2025-01-01_02-00-00.zip", zip("a", "1"));
        old.put("media_2025-01-02_02-00-00.zip", zip("a", "2"));
        old.put("minio/20250103_020000/bucket/b", bytes("3"));
        old.put("minio/20250103_020000/bucket/c", bytes("4"));
        AdoptResult result = imported(false);

        assertThat(result.items())
                .extracting(AdoptResult.Item::outcome)
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Imported.class))
                .extracting(outcome -> ((Outcome.Imported) outcome).part())
                // a bucket of the stack is called media, and is no directory
                .containsExactly("uploads", "media-files", "minio");
        assertThat(unpacked).containsExactly(List.of("a"), List.of("a"), List.of("bucket", "bucket/b", "bucket/c"));
        assertThat(unpackedFolders)
                .hasSize(3)
                .allSatisfy(folder -> assertThat(folder).doesNotExist());
        assertThat(repository.snapshots.getLast().labels())
                .containsEntry(ImportOperation.TOOL, "folders")
                .hasEntrySatisfying(
                        ImportOperation.DIGEST,
                        digest -> assertThat(digest)
                                .isEqualTo(sha256(
                                        "bucket/b\0001\0" + sha256("3") + "\nbucket/c\0001\0" + sha256("4") + "\n")));

        assertThat(imported(false).items())
                .allSatisfy(item -> assertThat(item.outcome()).isInstanceOf(Outcome.There.class));
        assertThat(repository.snapshots).hasSize(3);
    }

    @Test
    void files_that_do_not_end_as_they_should_leave_neither_a_snapshot_nor_a_folder() throws IOException {
        byte[] zip = zip("a", "1".repeat(1000));
        old.put("uploads_2025-01-01_02-00-00.zip", Arrays.copyOf(zip, zip.length - 9));

        assertThat(imported(false).failure()).isPresent();
        assertThat(repository.snapshots).isEmpty();
        assertThat(unpackedFolders).isEmpty();
    }

    @Test
    void files_of_a_part_that_cannot_be_captured_leave_no_folder_behind() throws IOException {
        old.put("uploads_2025-01-01_02-00-00.zip", zip("a", "1"));
        connectors.duringCapture = () -> {
            throw new Failed(ErrorCode.FILE_UNREADABLE, "no", "");
        };

        assertThat(imported(false).failure()).isPresent();
        assertThat(unpackedFolders)
                .singleElement()
                .satisfies(folder -> assertThat(folder).doesNotExist());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nothing_to_import_is_told() {
        assertThatThrownBy(() -> imported(false)).isInstanceOf(Invalid.class).hasMessageContaining("no backup");
    }
}
