package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompareOperationTest {
    private final List<String> log = new ArrayList<>();
    private final FakeConnectors connectors = new FakeConnectors(log);
    private final FakeRepository repository = new FakeRepository(log);
    private final CompareOperation operation = new CompareOperation(connectors, repository, new Environment(Map.of()));

    @BeforeEach
    void one_snapshot() {
        repository.add(
                "shop", FakeRepository.NOW, part("uploads", "directory", 1, 0), part("database", "postgres", 1, 0));
        MemoryPart uploads = new MemoryPart("directory");
        uploads.add(
                new Entry(EntryKey.of(""), EntryType.DIRECTORY, Attributes.NONE, Content.EMPTY), PartWriter.Change.NEW);
        repository.holds("uploads", uploads);
    }

    private CompareResult run(Map<String, String> places) {
        return operation.run(
                new CompareOperation.Request(RepositoryChoice.of(Stacks.SHOP), "latest", List.of("uploads"), places),
                Run.silent());
    }

    @Test
    void equal_is_equal() {
        CompareResult result = run(Map.of());

        assertThat(result.equal()).isTrue();
        assertThat(result.concern()).isEmpty();
        assertThat(result.parts().getFirst().with()).isEqualTo("/srv/uploads");
        assertThat(log).containsExactly("open", "compare uploads", "close uploads", "close repository");
    }

    @Test
    void a_restored_copy_can_be_compared() {
        assertThat(run(Map.of("uploads", "/tmp/copy")).parts().getFirst().with())
                .isEqualTo("/tmp/copy");
    }

    @Test
    void the_first_hundred_differences_are_kept_and_all_are_counted() {
        connectors.differences = 250;

        CompareResult result = run(Map.of());

        assertThat(result.parts().getFirst().differences()).hasSize(100);
        assertThat(result.parts().getFirst().differenceCount()).isEqualTo(250);
        assertThat(result.concern()).contains(ErrorCode.DIFFERENT);
    }

    @Test
    void compared_nothing_is_not_equal() {
        connectors.compared = 0;

        CompareResult result = run(Map.of());

        assertThat(result.equal()).isFalse();
        assertThat(result.parts().getFirst().differences())
                .containsExactly(new CompareResult.Difference("", "compared 0 of 1 entries, which proves nothing"));
    }

    @Test
    void no_part_at_all_is_not_equal() {
        repository.add("shop", FakeRepository.NOW);

        CompareResult result = operation.run(
                new CompareOperation.Request(RepositoryChoice.of(Stacks.SHOP), "latest", List.of(), Map.of()),
                Run.silent());

        assertThat(result.equal()).isFalse();
    }
}
