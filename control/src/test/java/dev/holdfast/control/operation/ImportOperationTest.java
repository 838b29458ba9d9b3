package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.FileRestore;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.operation.AdoptResult.Outcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ImportOperationTest {
    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private final MemoryPlace old = new MemoryPlace(() -> FakeRepository.NOW);
    private final List<String> captured = new ArrayList<>();
    private final ImportOperation operation = new ImportOperation(connectors, repository, () -> FakeRepository.NOW);

    ImportOperationTest() {
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

    @Test
    void nothing_to_import_is_told() {
        assertThatThrownBy(() -> imported(false)).isInstanceOf(Invalid.class).hasMessageContaining("no backup");
    }
}
