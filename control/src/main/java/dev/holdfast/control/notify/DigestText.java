package dev.holdfast.control.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes digests. */
final class DigestText {
    /** Without a backup for longer than this a stack is named first. */
    private static final Duration OLD = Duration.ofDays(2);

    private DigestText() {}

    static Notice of(
            Optional<String> scope, boolean weekly, List<StackSummary> stacks, List<Incident> open, Instant due) {
        List<String> bad = stacks.stream()
                .filter(stack -> isBad(stack, due))
                .map(StackSummary::stack)
                .toList();
        boolean well = bad.isEmpty() && open.isEmpty() && !stacks.isEmpty();
        return new Notice(
                NoticeKind.DIGEST,
                well ? Urgency.GOOD : Urgency.WARNING,
                scope,
                title(scope, weekly, stacks, bad, open),
                text(stacks, open, due),
                stacks.stream()
                        .map(stack -> new Detail(stack.stack(), line(stack, due)))
                        .toList(),
                Optional.empty(),
                Optional.empty(),
                due);
    }

    private static String title(
            Optional<String> scope, boolean weekly, List<StackSummary> stacks, List<String> bad, List<Incident> open) {
        String head = scope.map(stack -> stack + ": ").orElse("") + (weekly ? "the week" : "the day") + " in backups: ";
        if (stacks.isEmpty()) {
            return head + "no stack is configured";
        }
        if (bad.isEmpty() && open.isEmpty()) {
            return head + "all is well";
        }
        return head + bad.size() + " of " + stacks.size() + " stacks in trouble, " + open.size() + " incidents go on";
    }

    private static String text(List<StackSummary> stacks, List<Incident> open, Instant due) {
        List<String> lines = new ArrayList<>();
        lines.add("Runs that succeeded: "
                + stacks.stream().mapToInt(StackSummary::succeeded).sum()
                + ", failed: " + stacks.stream().mapToInt(StackSummary::failed).sum()
                + ", missed: " + stacks.stream().mapToInt(StackSummary::missed).sum() + ".");
        open.forEach(incident ->
                lines.add("Since " + Words.time(incident.began()) + ": " + OneLine.of(incident.title(), 200)));
        String old = stacks.stream()
                .filter(stack -> isOld(stack, due))
                .map(StackSummary::stack)
                .collect(Collectors.joining(", "));
        if (!old.isEmpty()) {
            lines.add("No good backup for " + Words.span(OLD) + " or more: " + old + ".");
        }
        return String.join("\n", lines);
    }

    private static String line(StackSummary stack, Instant due) {
        List<String> words = new ArrayList<>();
        words.add(stack.lastGood()
                .map(at -> "last backup " + Words.span(Duration.between(at, due)) + " ago")
                .orElse("no backup yet"));
        words.add(stack.succeeded() + " good, " + stack.failed() + " failed, " + stack.missed() + " missed");
        words.add(stack.snapshots() + " snapshots, " + Words.bytes(stack.storedBytes()));
        if (!stack.behind().isEmpty()) {
            words.add("behind: " + String.join(", ", stack.behind()));
        }
        if (!stack.proof().isBlank()) {
            words.add(stack.proof());
        }
        return String.join("; ", words);
    }

    private static boolean isBad(StackSummary stack, Instant due) {
        return isOld(stack, due)
                || stack.failed() > 0
                || stack.missed() > 0
                || !stack.behind().isEmpty();
    }

    private static boolean isOld(StackSummary stack, Instant due) {
        return stack.lastGood().map(at -> at.isBefore(due.minus(OLD))).orElse(true);
    }
}
