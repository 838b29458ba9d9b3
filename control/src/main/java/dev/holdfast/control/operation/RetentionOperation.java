package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.retention.Retention;
import dev.holdfast.control.retention.RetentionFacts;
import dev.holdfast.control.retention.RetentionPlan;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.repository.Snapshot;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives up the snapshots of a stack that its policy does not keep. The space is freed by a prune. */
public final class RetentionOperation {
    private final Repositories repositories;
    private final ForgetOperation forget;
    private final InstantSource clock;

    public RetentionOperation(Repositories repositories, InstantSource clock) {
        this.repositories = repositories;
        this.forget = new ForgetOperation(repositories);
        this.clock = clock;
    }

    /**
     * @param stack whose snapshots
     * @param policy what to keep, the stack's own or one that is being tried
     * @param facts what is known of them beside their records
     * @param dryRun whether it is only told what would be given up
     */
    public record Request(StackConfig stack, RetentionPolicy policy, RetentionFacts facts, boolean dryRun) {
        /** The stack's own policy. */
        public static Request of(StackConfig stack, RetentionFacts facts, boolean dryRun) {
            return new Request(stack, stack.policies().retention().policy(), facts, dryRun);
        }
    }

    public RetentionResult run(Request request, Run run) {
        RetentionResult simulated;
        try (OpenRepository repository =
                run.step(Step.of(OPEN), _ -> repositories.open(request.stack().repository()))) {
            simulated = simulate(request, repository);
        }
        List<Snapshot> removed = simulated.plan().removed();
        if (request.dryRun() || removed.isEmpty()) {
            return simulated;
        }
        ForgetResult forgotten = forget.run(
                RepositoryChoice.of(request.stack()),
                removed.stream().map(snapshot -> snapshot.id().text()).toList(),
                Confirmation.GIVEN,
                run);
        return new RetentionResult(simulated.plan(), false, forgotten.left(), forgotten.destinations());
    }

    /** What would be kept and given up, in a repository that is open already; changes nothing. */
    public RetentionResult simulate(Request request, OpenRepository repository) {
        StackConfig stack = request.stack();
        Set<String> sources = stack.sources().stream().map(SourceConfig::name).collect(Collectors.toSet());
        RetentionFacts facts = request.facts().withPinned(repository.pinned());
        List<Snapshot> snapshots = repository.snapshots();
        RetentionPlan plan =
                new Retention(request.policy(), facts, sources).plan(snapshots, stack.name(), clock.instant());
        return new RetentionResult(plan, request.dryRun(), snapshots.size(), repository.destinations());
    }
}
