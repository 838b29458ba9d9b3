package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExportOperationTest {
    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private final ExportOperation operation =
            new ExportOperation(connectors, repository, InstantSource.fixed(FakeRepository.NOW));

    private void snapshot(Part... parts) {
        repository.add("shop", FakeRepository.NOW, parts);
        for (Part part : parts) {
            repository.holds(part.name(), new MemoryPart(part.kind()));
        }
    }

    private ExportResult run(String... part) {
        ExportOperation.Request request = new ExportOperation.Request(
                RepositoryChoice.of(Stacks.SHOP),
                "latest",
                Optional.of(String.join("", part)).filter(name -> !name.isEmpty()),
                Optional.of(new ExportFormat.Sql(0, false)));
        return operation.run(request, connectors.exportFile(Path.of("/x"), false), Run.silent());
    }

    @Test
    void the_only_database_is_written_and_gets_its_name_last() {
        snapshot(part("database", "postgres", 1, 0), part("uploads", "directory", 1, 0));

        ExportResult result = run();

        assertThat(result.part().name()).isEqualTo("database");
        assertThat(result.file()).isEqualTo("/x");
        assertThat(result.concern()).isEmpty();
        assertThat(log)
                .containsExactly(
                        "open",
                        "preflight database",
                        "open /x",
                        "export database as sql",
                        "write /x",
                        "commit /x",
                        "close database",
                        "close repository",
                        "close /x");
    }

    @Test
    void a_file_that_cannot_be_opened_or_written_gets_no_name() {
        snapshot(part("database", "postgres", 1, 0));
        for (String step : List.of("open /x", "write /x", "preflight database", "export database as sql")) {
            log.clear();
            connectors.failing.clear();
            connectors.failing.add(step);
            assertThatThrownBy(this::run).as(step).isInstanceOf(Unavailable.class);
            assertThat(log).doesNotContain("commit /x").endsWith("close repository", "close /x");
        }
    }

    @Test
    void several_databases_have_to_be_told_apart() {
        snapshot(part("accounts", "postgres", 1, 0), part("shop", "postgres", 1, 0));

        assertThatThrownBy(this::run)
                .isInstanceOf(Invalid.class)
                .hasMessageEndingWith("has 2 databases")
                .extracting(e -> ((Invalid) e).hint())
                .isEqualTo("name one after the snapshot: accounts, shop.");
        assertThat(run("shop").part().name()).isEqualTo("shop");
        assertThatThrownBy(() -> run("shopp")).isInstanceOf(Missing.class).hasMessageContaining("did you mean 'shop'?");
    }

    @Test
    void a_snapshot_without_a_database_has_nothing_to_export() {
        snapshot(part("uploads", "directory", 1, 0));

        assertThatThrownBy(this::run).isInstanceOf(Missing.class).hasMessageContaining("has no database");
    }

    @Test
    void what_will_not_be_as_it_was_is_a_concern() {
        snapshot(part("database", "postgres", 1, 0));
        connectors.exportFindings.add(new Finding("large objects", "belong to somebody else"));

        assertThat(run().concern()).contains(ErrorCode.FINDINGS);
    }
}
