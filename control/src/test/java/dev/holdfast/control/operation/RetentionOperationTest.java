package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.retention.RetentionFacts;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionOperationTest {
    private static final RetentionPolicy TWO =
            RetentionPolicy.builder().last(2).minimum(1).build();

    private final List<String> log = new ArrayList<>();
    private final FakeRepository repository = new FakeRepository(log);
    private final RetentionOperation operation = new RetentionOperation(repository, () -> FakeRepository.NOW);

    private Snapshot add(String stack, int daysAgo) {
        return repository.add(
                stack,
                FakeRepository.NOW.minus(Duration.ofDays(daysAgo)),
                part("database", "postgres", 1, 1),
                part("media", "bucket", 1, 1),
                part("uploads", "directory", 1, 1));
    }

    private RetentionResult run(boolean dryRun) {
        return operation.run(
                new RetentionOperation.Request(Stacks.SHOP, TWO, RetentionFacts.RECORD_ONLY, dryRun), Run.silent());
    }

    @Test
    void a_dry_run_tells_and_removes_nothing() {
        Snapshot old = add("shop", 3);
        add("shop", 2);
        add("shop", 1);

        RetentionResult result = run(true);

        assertThat(result.plan().removed()).containsExactly(old);
        assertThat(result.left()).isEqualTo(3);
        assertThat(result.dryRun()).isTrue();
        assertThat(repository.snapshots()).hasSize(3);
        assertThat(log).doesNotContain("forget 1");
    }

    @Test
    void what_the_policy_does_not_keep_is_given_up_and_nothing_of_a_neighbour() {
        add("shop", 3);
        Snapshot neighbour = add("shop2", 30);
        Snapshot second = add("shop", 2);
        Snapshot last = add("shop", 1);

        RetentionResult result = run(false);

        assertThat(repository.snapshots()).containsExactly(neighbour, second, last);
        assertThat(result.left()).isEqualTo(3);
        assertThat(result.concern()).isEmpty();
        assertThat(log).doesNotContain("prune false").contains("forget 1");
    }

    @Test
    void a_repository_with_nothing_to_give_up_is_not_written_to() {
        add("shop", 1);

        assertThat(run(false).plan().removed()).isEmpty();
        assertThat(log).containsExactly("open", "close repository");
        assertThat(repository.snapshots()).hasSize(1);
    }

    @Test
    void what_is_pinned_in_the_repository_is_kept_though_nobody_else_knows_of_it() {
        Snapshot old = add("shop", 4);
        Snapshot older = add("shop", 3);
        add("shop", 2);
        add("shop", 1);
        repository.pin(old.id(), true);

        assertThat(run(false).plan().removed()).containsExactly(older);
        assertThat(repository.snapshots()).contains(old).hasSize(3);

        repository.pin(old.id(), false);
        assertThat(run(false).plan().removed()).containsExactly(old);
    }

    @Test
    void a_stack_without_snapshots_beside_others_is_no_error() {
        add("blog", 1);

        assertThat(run(false).plan().decisions()).isEmpty();
    }

    @Test
    void a_destination_that_is_behind_is_a_concern() {
        repository.destinations = List.of(new DestinationState("offsite", "s3://b", false, "does not answer"));

        assertThat(run(true).concern()).contains(ErrorCode.FINDINGS);
    }

    @Test
    void the_policy_of_a_stack_is_thirty_days_unless_it_says_otherwise() {
        for (int day = 40; day >= 0; day--) {
            add("shop", day);
        }

        RetentionResult result = operation.run(
                RetentionOperation.Request.of(
                        Stacks.SHOP.withPolicies(StackPolicies.standard(ZoneOffset.UTC)),
                        RetentionFacts.RECORD_ONLY,
                        true),
                Run.silent());

        assertThat(result.plan().kept()).hasSize(30);
    }
}
