package dev.holdfast.control.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotSelectorTest {
    private final FakeRepository repository = new FakeRepository(new ArrayList<>());
    private final Snapshot first = repository.add("shop", FakeRepository.NOW.minusSeconds(86400 * 365));
    private final Snapshot second = repository.add("shop", FakeRepository.NOW);
    private final Snapshot other = repository.add("blog", FakeRepository.NOW.plusSeconds(5));

    private Snapshot select(String text) {
        return SnapshotSelector.among(repository.snapshots(), Optional.of("shop"))
                .select(text);
    }

    @Test
    void latest_is_the_last_of_the_stack() {
        assertThat(select("latest")).isEqualTo(second);
    }

    @Test
    void an_id_or_its_beginning_is_enough() {
        assertThat(select(first.id().text())).isEqualTo(first);
        assertThat(select(first.id().text().substring(0, 5))).isEqualTo(first);
        assertThat(select(second.id().text().toUpperCase(Locale.ROOT))).isEqualTo(second);
    }

    @Test
    void a_beginning_shorter_than_four_characters_is_refused() {
        assertThatThrownBy(() -> select(first.id().text().substring(0, 3)))
                .hasMessageEndingWith("is too short for a snapshot");
    }

    @Test
    void a_beginning_of_several_lists_them() {
        String common = second.id().text().substring(0, 5);

        assertThatThrownBy(() -> SnapshotSelector.among(repository.snapshots(), Optional.empty())
                        .select(common))
                .hasMessage("'" + common + "' is the beginning of 2 snapshots: " + other.id() + ", " + second.id());
    }

    @Test
    void a_missing_one_is_told_with_the_last_ones() {
        HoldfastException missing = catchThrowableOfType(HoldfastException.class, () -> select("zzzz"));

        assertThat(missing.code()).isEqualTo(ErrorCode.SNAPSHOT_MISSING);
        assertThat(missing).hasMessage("no snapshot begins with 'zzzz'");
        assertThat(missing.hint())
                .isEqualTo(
                        "the last ones are: " + second.id() + ", " + first.id() + "; 'holdfast snapshots' lists all.");
    }

    @Test
    void latest_of_several_stacks_asks_which() {
        assertThatThrownBy(() -> SnapshotSelector.among(repository.snapshots(), Optional.empty())
                        .select("latest"))
                .hasMessage("the repository holds several stacks: 'blog', 'shop'");
    }

    @Test
    void an_empty_repository_and_an_unknown_stack_are_told() {
        assertThatThrownBy(() ->
                        SnapshotSelector.among(List.of(), Optional.of("shop")).select("latest"))
                .hasMessage("the repository has no snapshots yet");
        assertThatThrownBy(() -> SnapshotSelector.among(repository.snapshots(), Optional.of("mail")))
                .hasMessage("the repository has no snapshot of stack 'mail'");
    }
}
