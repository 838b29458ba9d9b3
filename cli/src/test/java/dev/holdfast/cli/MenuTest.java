package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.repository.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MenuTest {
    private static final Snapshot OLD = Canned.snapshot(Canned.FIRST, Map.of());
    private static final Snapshot NEW = Canned.snapshot(
            Canned.SECOND,
            Map.of("version", "1.4.2"),
            Canned.part("database", "postgres"),
            Canned.part("media", "bucket"));

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Deque<String> answers = new ArrayDeque<>();

    @Test
    void the_newest_is_the_first_and_enough_to_press_enter_for() {
        answers.add("");

        assertThat(menu().snapshot(List.of(OLD, NEW))).isEqualTo(NEW);
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .containsSubsequence(" 1  " + NEW.id(), " 2  " + OLD.id())
                .contains("version=1.4.2");
    }

    @Test
    void another_is_chosen_by_its_number_and_what_is_no_number_is_asked_again() {
        answers.addAll(List.of("three", "0", "3", " 2 "));

        assertThat(menu().snapshot(List.of(OLD, NEW))).isEqualTo(OLD);
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("'three' is not a number from 1 to 2.");
    }

    @Test
    void parts_are_chosen_by_their_numbers() {
        answers.addAll(List.of("2", "2, 1", "", "x"));

        assertThat(menu().parts(NEW)).containsExactly("media");
        assertThat(menu().parts(NEW)).containsExactly("media", "database");
        assertThat(menu().parts(NEW)).isEmpty();
        assertThat(menu().parts(OLD)).as("one part is not asked for").isEmpty();
        assertThatThrownBy(() -> menu().parts(NEW)).isInstanceOf(Cancelled.class);
    }

    @Test
    void somebody_who_goes_away_has_chosen_nothing() {
        assertThatThrownBy(() -> menu().snapshot(List.of(OLD)))
                .isInstanceOf(Cancelled.class)
                .hasMessage("nothing was chosen, and nothing was restored");
    }

    private Menu menu() {
        PrintStream err = new PrintStream(shown, true, StandardCharsets.UTF_8);
        Terminal.Person person = new Terminal.Person() {
            @Override
            public boolean present() {
                return true;
            }

            @Override
            public Optional<String> answer(String prompt) {
                return Optional.ofNullable(answers.poll());
            }

            @Override
            public Optional<String> secret(String prompt) {
                return Optional.empty();
            }
        };
        return new Menu(new Terminal(err, err, false, false, false, person), ZoneOffset.UTC);
    }
}
