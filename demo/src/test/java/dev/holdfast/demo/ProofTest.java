package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ProofTest {
    private static final String BACKUP = """
            {"parts": [{"name": "database", "entries": 3}, {"name": "media", "entries": 3}, {"name": "uploads", "entries": 3}],
             "destinations": [{"name": "disk", "state": "complete"}, {"name": "offsite", "state": "complete"}]}
            """;
    private static final String COMPARE = """
            {"equal": true, "parts": [
              {"name": "database", "compared": 3, "equal": true, "differenceCount": 0},
              {"name": "media", "compared": 3, "equal": true, "differenceCount": 0},
              {"name": "uploads", "compared": 3, "equal": true, "differenceCount": 0}]}
            """;

    @Test
    void a_whole_backup_and_a_full_comparison_are_believed() {
        assertThatCode(() -> Proof.captured(answer(BACKUP))).doesNotThrowAnyException();
        assertThatCode(() -> Proof.restored(answer(BACKUP))).doesNotThrowAnyException();
        assertThatCode(() -> Proof.equal(answer(COMPARE))).doesNotThrowAnyException();
    }

    @Test
    void a_part_without_entries_is_not_captured() {
        Answer empty = answer(BACKUP.replace("\"media\", \"entries\": 3", "\"media\", \"entries\": 0"));
        assertThatThrownBy(() -> Proof.captured(empty)).hasMessageContaining("nothing was captured of 'media'");
        assertThatThrownBy(() -> Proof.restored(empty)).hasMessageContaining("nothing was restored of 'media'");
    }

    @Test
    void a_missing_part_or_number_is_no_proof() {
        assertThatThrownBy(() -> Proof.captured(answer(BACKUP.replace("uploads", "other"))))
                .hasMessageContaining("'parts' has nothing named 'uploads'");
        assertThatThrownBy(() -> Proof.captured(answer(BACKUP.replace("entries", "things"))))
                .hasMessageContaining("there is no 'entries'");
        assertThatThrownBy(() -> Proof.captured(answer("{}"))).hasMessageContaining("there is no 'parts'");
    }

    @Test
    void a_destination_that_is_behind_is_no_success() {
        assertThatThrownBy(() -> Proof.captured(answer(
                        BACKUP.replace("\"offsite\", \"state\": \"complete\"", "\"offsite\", \"state\": \"behind\""))))
                .hasMessageContaining("expected the snapshot in 2 destinations, found it in 1");
    }

    @Test
    void zero_compared_or_anything_different_is_not_equal() {
        assertThatThrownBy(() -> Proof.equal(answer(COMPARE.replace("\"compared\": 3", "\"compared\": 0"))))
                .hasMessageContaining("nothing of 'database' was compared");
        assertThatThrownBy(() -> Proof.equal(answer(
                        COMPARE.replace("\"compared\": 3, \"equal\": true", "\"compared\": 3, \"equal\": false"))))
                .hasMessageContaining("'database' does not equal the snapshot");
        assertThatThrownBy(() -> Proof.equal(answer(COMPARE.replace("{\"equal\": true", "{\"equal\": false"))))
                .hasMessageContaining("it says that something differs");
    }

    private static Answer answer(String document) {
        return Answer.parse(DemoStep.COMPARE, "holdfast test", document);
    }
}
