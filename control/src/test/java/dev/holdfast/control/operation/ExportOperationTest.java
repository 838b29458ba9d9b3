package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.files.LocalExportFolder;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
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
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private ExportResult run(String part, ExportFormat... format) {
        return operation.run(request(part, format), connectors.exportFile(Path.of("/x"), false), Run.silent());
    }

    private static ExportOperation.Request request(String part, ExportFormat... format) {
        return new ExportOperation.Request(
                RepositoryChoice.of(Stacks.SHOP),
                "latest",
                Optional.of(part).filter(name -> !name.isEmpty()),
                Stream.of(format).findFirst());
    }

    private ExportResult run() {
        return run("", new ExportFormat.Sql(0, false));
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
        assertThat(run("shop", new ExportFormat.Sql(0, false)).part().name()).isEqualTo("shop");
        assertThatThrownBy(() -> run("shopp", new ExportFormat[0]))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("did you mean 'shop'?");
    }

    @Test
    void a_snapshot_without_a_database_has_no_sql() {
        snapshot(part("uploads", "directory", 1, 0));

        assertThatThrownBy(this::run)
                .isInstanceOf(Missing.class)
                .hasMessageContaining("has no database")
                .extracting(e -> ((Missing) e).hint())
                .isEqualTo("say --format tar, tar.gz, tar.zst, zip or tree.");
    }

    @Test
    void if_no_format_is_said_each_part_has_its_usual_one() {
        snapshot(part("database", "postgres", 1, 0), part("media", "bucket", 1, 0), part("uploads", "directory", 1, 0));

        assertThat(run("", new ExportFormat[0]).format()).isEqualTo(new ExportFormat.Archive(6));
        assertThat(run("media", new ExportFormat[0]).format()).isEqualTo(new ExportFormat.Kept(FileFormat.TAR_GZ));
        assertThat(run("uploads", new ExportFormat[0]).format()).isEqualTo(new ExportFormat.Kept(FileFormat.TAR_GZ));
    }

    @Test
    void the_only_part_that_fits_the_format_is_meant() {
        snapshot(part("database", "postgres", 1, 0), part("uploads", "directory", 1, 0));

        assertThat(run("", new ExportFormat.Kept(FileFormat.ZIP)).part().name()).isEqualTo("uploads");
        assertThat(run("", new ExportFormat.Kept(FileFormat.SQL_ZST)).part().name())
                .isEqualTo("database");
    }

    @Test
    void a_format_that_does_not_fit_the_part_is_refused_with_those_that_do() {
        snapshot(part("database", "postgres", 1, 0), part("uploads", "directory", 1, 0));

        assertThatThrownBy(() -> run("database", new ExportFormat.Tree()))
                .isInstanceOf(Invalid.class)
                .hasMessage("part 'database' is a database, which cannot be exported as tree")
                .extracting(e -> ((Invalid) e).hint())
                .isEqualTo("say --format custom, sql, sql.gz, sql.zst or roles.");
        assertThatThrownBy(() -> run("uploads", new ExportFormat.Roles(0)))
                .isInstanceOf(Invalid.class)
                .hasMessage("part 'uploads' is a directory, which cannot be exported as roles");
        assertThat(log).doesNotContain("open /x");
    }

    @Test
    void a_format_is_known_by_its_name_alone_and_only_some_take_a_level() {
        for (boolean ofDatabases : new boolean[] {true, false}) {
            for (String label : ExportFormat.labels(ofDatabases)) {
                assertThat(ExportFormat.of(Optional.of(label), OptionalInt.empty(), false))
                        .hasValueSatisfying(format -> {
                            assertThat(format.label()).isEqualTo(label);
                            assertThat(format.isOfDatabases()).isEqualTo(ofDatabases);
                        });
            }
        }
        assertThat(ExportFormat.of(Optional.empty(), OptionalInt.of(3), false)).contains(new ExportFormat.Archive(3));
        assertThatThrownBy(() -> ExportFormat.of(Optional.of("zip"), OptionalInt.of(3), false))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("--compress is for custom, sql and roles");
        assertThatThrownBy(() -> ExportFormat.of(Optional.of("rar"), OptionalInt.empty(), false))
                .isInstanceOf(Invalid.class)
                .hasMessage("there is no format 'rar'");
    }

    @Test
    void a_tree_gets_its_name_when_all_of_it_is_there_and_leaves_nothing_if_not(@TempDir Path folder) {
        snapshot(part("uploads", "directory", 0, 0));
        Path copy = folder.resolve("copy");

        ExportResult result =
                operation.run(request("", new ExportFormat.Tree()), new LocalExportFolder(copy, false), Run.silent());

        assertThat(result.file()).isEqualTo(copy.toString());
        assertThat(copy).isDirectoryContaining("glob:**/.holdfast-metadata.ndjson");
        assertThatThrownBy(() -> operation.run(
                        request("", new ExportFormat.Tree()), new LocalExportFolder(copy, true), Run.silent()))
                .isInstanceOf(AlreadyExists.class);
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertThatThrownBy(() -> operation.run(
                        request("", new ExportFormat.Tree()),
                        new LocalExportFolder(folder.resolve("other"), false),
                        new Run(Run.silent().listener(), cancellation)))
                .isInstanceOf(Cancelled.class);
        assertThat(folder).isDirectoryNotContaining("glob:**{.part,other}");
    }

    @Test
    void what_will_not_be_as_it_was_is_a_concern() {
        snapshot(part("database", "postgres", 1, 0));
        connectors.exportFindings.add(new Finding("large objects", "belong to somebody else"));

        assertThat(run().concern()).contains(ErrorCode.FINDINGS);
    }
}
