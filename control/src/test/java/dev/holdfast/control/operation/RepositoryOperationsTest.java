package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.FakeRepository.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The operations that need nothing but the repository. */
class RepositoryOperationsTest {
    private final List<String> log = new ArrayList<>();
    private final FakeRepository repository = new FakeRepository(log);
    private final RepositoryChoice shop = RepositoryChoice.of(Stacks.SHOP);

    @Test
    void an_init_tells_the_recovery_code_but_never_in_its_text() {
        InitResult result = new InitOperation(repository).run(Stacks.REPOSITORY);

        assertThat(result.created()).isTrue();
        assertThat(result.added()).containsExactly("disk");
        assertThat(result.toString()).doesNotContain(result.recoveryCode());
    }

    @Test
    void an_init_needs_a_passphrase_of_eight_characters() {
        RepositoryConfig without = RepositoryConfig.of(Optional.empty(), Stacks.REPOSITORY.destinations());

        assertThatThrownBy(() -> new InitOperation(repository).run(without))
                .hasMessage("there is no passphrase for the repository");
        assertThatThrownBy(() ->
                        new InitOperation(repository).run(without.withKey(new RepositoryKey.Passphrase("seven77"))))
                .hasMessage("the passphrase has 7 characters; expected at least 8");
        assertThatThrownBy(() ->
                        new InitOperation(repository).run(without.withKey(new RepositoryKey.RecoveryCode("abcd"))))
                .hasMessage("a repository is made with a passphrase, not with a recovery code");
        assertThat(log).isEmpty();
    }

    @Test
    void a_check_without_problems_is_sound() {
        CheckResult result = new CheckOperation(repository).run(Stacks.REPOSITORY, true, Run.silent());

        assertThat(log).contains("check true");
        assertThat(result.sound()).isTrue();
        assertThat(result.concern()).isEmpty();
    }

    @Test
    void a_check_that_looked_at_nothing_is_not_sound() {
        repository.checkReport = new CheckReport(0, 0, 0, 0, false, List.of());

        CheckResult result = new CheckOperation(repository).run(Stacks.REPOSITORY, false, Run.silent());

        assertThat(result.sound()).isFalse();
        assertThat(result.concern()).contains(ErrorCode.FINDINGS);
    }

    @Test
    void a_check_with_problems_fails() {
        repository.checkReport = new CheckReport(
                1,
                1,
                1,
                1,
                true,
                List.of(new CheckReport.Problem("disk", "pack/1", "is damaged", List.of(), List.of(), 0, List.of())));

        assertThat(new CheckOperation(repository)
                        .run(Stacks.REPOSITORY, true, Run.silent())
                        .concern())
                .contains(ErrorCode.CHECK_FAILED);
    }

    @Test
    void a_destination_that_stays_behind_is_a_concern_of_a_sync() {
        repository.destinations = List.of(new DestinationState("offsite", "s3://b", false, "does not answer"));

        assertThat(new SyncOperation(repository)
                        .run(Stacks.REPOSITORY, Run.silent())
                        .concern())
                .contains(ErrorCode.FINDINGS);
    }

    @Test
    void snapshots_of_another_stack_are_counted_but_not_listed() {
        Snapshot mine = repository.add("shop", FakeRepository.NOW);
        repository.add("blog", FakeRepository.NOW);

        SnapshotsResult result = new SnapshotsOperation(repository).run(shop, Run.silent());

        assertThat(result.snapshots()).containsExactly(mine);
        assertThat(result.others()).isEqualTo(1);
        assertThat(new SnapshotsOperation(repository)
                        .run(RepositoryChoice.of(Stacks.REPOSITORY, Optional.empty()), Run.silent())
                        .snapshots())
                .hasSize(2);
    }

    @Test
    void a_snapshot_is_forgotten_only_after_a_confirmation() {
        Snapshot snapshot = repository.add("shop", FakeRepository.NOW);
        ForgetOperation operation = new ForgetOperation(repository);

        assertThatThrownBy(() -> operation.run(shop, List.of("latest"), Confirmation.REFUSED, Run.silent()))
                .hasMessage("snapshots would be forgotten: " + snapshot.id() + ", and that was not confirmed");
        assertThat(repository.snapshots()).hasSize(1);

        List<Confirmation.Question> asked = new ArrayList<>();
        ForgetResult result = operation.run(shop, List.of("latest"), asked::add, Run.silent());

        assertThat(asked)
                .containsExactly(new Confirmation.Question(
                        "Snapshot " + snapshot.id() + " can never be restored again, and no other is left.", "forget"));
        assertThat(result.forgotten()).containsExactly(snapshot);
        assertThat(result.left()).isZero();
    }

    @Test
    void leases_are_removed_only_after_a_confirmation() {
        UnlockOperation operation = new UnlockOperation(repository);

        assertThatThrownBy(() -> operation.run(shop, Confirmation.REFUSED, Run.silent()))
                .hasMessage("the leases of all sessions would be removed, and that was not confirmed");
        assertThat(operation.run(shop, Confirmation.GIVEN, Run.silent()).removed())
                .containsExactly("a backup of stack 'shop'");
    }

    @Test
    void a_prune_passes_its_report_on() {
        PruneResult result = new PruneOperation(repository).run(Stacks.REPOSITORY, true, Run.silent());

        assertThat(log).contains("prune true");
        assertThat(result.report().dryRun()).isTrue();
        assertThat(result.concern()).isEmpty();
    }

    @Test
    void entries_are_shown_from_a_prefix_on_as_long_as_they_are_wanted() {
        repository.add("shop", FakeRepository.NOW, part("media", "bucket", 4, 0));
        MemoryPart media = new MemoryPart("bucket");
        for (String key : List.of("a", "b/1", "b/2", "b/3", "c")) {
            media.add(
                    new Entry(EntryKey.of(key), EntryType.OBJECT, Attributes.NONE, Content.EMPTY),
                    PartWriter.Change.NEW);
        }
        repository.holds("media", media);

        assertThat(shown("b/", 10)).containsExactly("snapshot shop", "b/1", "b/2", "b/3");
        assertThat(shown("b/", 2)).containsExactly("snapshot shop", "b/1", "b/2");
        assertThat(shown("", 10)).containsExactly("snapshot shop", "a", "b/1", "b/2", "b/3", "c");
    }

    private List<String> shown(String prefix, int most) {
        List<String> shown = new ArrayList<>();
        new ShowOperation(repository)
                .run(
                        new ShowOperation.Request(shop, "latest", Optional.of("media"), prefix),
                        new ShowOperation.Viewer() {
                            @Override
                            public void snapshot(Snapshot snapshot, Optional<Part> part) {
                                shown.add("snapshot " + snapshot.stack());
                            }

                            @Override
                            public boolean entry(Entry entry) {
                                shown.add(entry.key().toString());
                                return shown.size() <= most;
                            }
                        },
                        Run.silent());
        return shown;
    }
}
