package dev.holdfast.control.notify;

import dev.holdfast.control.config.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** From facts to incidents: pure functions, one for each sort of fact. */
final class Alarms {
    /** Runs by which what is not needed is removed. */
    private static final Set<String> CLEAN_UP = Set.of("prune", "retention", "forget");

    /** Runs that repeat, so that a later one can end an incident; others are asked for by somebody who waits for them. */
    private static final Set<String> REPEATED = Set.of("backup", "check", "sync", "prune", "retention", "export");

    private static final int FINDINGS_SHOWN = 5;

    private Alarms() {}

    static List<Alarm> of(Fact fact, AlarmLimits limits) {
        return switch (fact) {
            case Fact.RunBegan _ -> List.of();
            case Fact.RunEnded run -> ofRun(run);
            case Fact.RunOverdue run -> ofOverdue(run);
            case Fact.DestinationSeen seen -> List.of(ofDestination(seen, limits));
            case Fact.StorageSeen seen -> ofStorage(seen, limits);
            case Fact.SizesSeen seen -> List.of(ofSizes(seen, limits));
            case Fact.ExpirySeen seen -> List.of(ofExpiry(seen, limits.expiry()));
            case Fact.ExpiriesSeen seen -> ofExpiries(seen, limits);
        };
    }

    private static List<Alarm> ofRun(Fact.RunEnded run) {
        return switch (run.outcome()) {
            case SUCCEEDED -> List.of(works(run), new Alarm.Told(success(run)));
            case ATTENTION -> ofAttention(run);
            case FAILED, ABANDONED -> run.willRetry() ? List.of() : List.of(failed(run));
            case MISSED ->
                missed(run.stack(), run.kind(), notice(run, NoticeKind.MISSED, Urgency.URGENT, "was missed"));
            case CANCELLED -> List.of();
        };
    }

    /** Destinations that are behind have an alarm of their own: without findings there is nothing else to look at. */
    private static List<Alarm> ofAttention(Fact.RunEnded run) {
        if (run.findings().isEmpty()) {
            return List.of(works(run), new Alarm.Told(success(run)));
        }
        Set<String> better =
                names(run, NoticeKind.FAILURE, NoticeKind.MISSED, NoticeKind.LATE, NoticeKind.CLEAN_UP_FAILING);
        Notice notice = notice(run, NoticeKind.ATTENTION, Urgency.WARNING, "needs attention");
        Alarm over = new Alarm.Over(better, false, "the " + run.kind() + " ran again.", Optional.of(note(run)));
        return REPEATED.contains(run.kind())
                ? List.of(
                        over,
                        new Alarm.Raised(name(NoticeKind.ATTENTION, run.stack(), run.kind()), notice, Duration.ZERO))
                : List.of(new Alarm.Told(notice));
    }

    private static Alarm works(Fact.RunEnded run) {
        return new Alarm.Over(
                names(
                        run,
                        NoticeKind.FAILURE,
                        NoticeKind.MISSED,
                        NoticeKind.LATE,
                        NoticeKind.ATTENTION,
                        NoticeKind.CLEAN_UP_FAILING),
                false,
                "the " + run.kind() + " succeeded" + Words.at(run.at()) + ".",
                Optional.of(note(run)));
    }

    private static Alarm failed(Fact.RunEnded run) {
        NoticeKind kind = CLEAN_UP.contains(run.kind()) ? NoticeKind.CLEAN_UP_FAILING : NoticeKind.FAILURE;
        Urgency urgency = kind == NoticeKind.FAILURE ? Urgency.URGENT : Urgency.WARNING;
        String what = run.outcome() == RunOutcome.ABANDONED ? "was broken off" : "failed";
        Notice notice = notice(run, kind, urgency, what);
        return REPEATED.contains(run.kind())
                ? new Alarm.Raised(name(kind, run.stack(), run.kind()), notice, Duration.ZERO)
                : new Alarm.Told(notice);
    }

    private static List<Alarm> missed(String stack, String kind, Notice notice) {
        return List.of(
                new Alarm.Over(Set.of(name(NoticeKind.LATE, stack, kind)), true, "", Optional.empty()),
                new Alarm.Raised(name(NoticeKind.MISSED, stack, kind), notice, Duration.ZERO));
    }

    private static Notice success(Fact.RunEnded run) {
        return notice(run, NoticeKind.SUCCESS, Urgency.GOOD, "succeeded");
    }

    private static Notice notice(Fact.RunEnded run, NoticeKind kind, Urgency urgency, String what) {
        List<Detail> details = new ArrayList<>();
        details.add(new Detail("run", run.run()));
        details.add(new Detail("took", Words.span(Duration.between(run.began(), run.at()))));
        run.snapshot().ifPresent(snapshot -> details.add(new Detail("snapshot", snapshot)));
        if (run.readBytes() > 0) {
            details.add(new Detail("read", Words.bytes(run.readBytes())));
            details.add(new Detail("stored", Words.bytes(run.storedBytes())));
        }
        run.problem()
                .ifPresent(
                        problem -> details.add(new Detail("code", problem.code().label())));
        return new Notice(
                kind,
                urgency,
                Optional.of(run.stack()),
                run.stack() + ": " + run.kind() + " " + what,
                text(run, what),
                details,
                Optional.empty(),
                Optional.of(note(run)),
                run.at());
    }

    private static String text(Fact.RunEnded run, String what) {
        List<String> lines = new ArrayList<>();
        run.problem().ifPresent(problem -> {
            lines.add(problem.message());
            if (!problem.hint().isBlank()) {
                lines.add(problem.hint());
            }
        });
        run.findings().stream().limit(FINDINGS_SHOWN).forEach(lines::add);
        if (run.findings().size() > FINDINGS_SHOWN) {
            lines.add("... and " + (run.findings().size() - FINDINGS_SHOWN) + " more.");
        }
        return lines.isEmpty()
                ? "The " + run.kind() + " of " + run.stack() + " " + what + Words.at(run.at()) + "."
                : String.join("\n", lines);
    }

    private static RunNote note(Fact.RunEnded run) {
        return new RunNote(run.run(), run.kind(), run.outcome().label(), run.snapshot(), run.logTail());
    }

    private static List<Alarm> ofOverdue(Fact.RunOverdue run) {
        NoticeKind kind = run.missed() ? NoticeKind.MISSED : NoticeKind.LATE;
        Urgency urgency = run.missed() ? Urgency.URGENT : Urgency.WARNING;
        String what = run.missed() ? "was missed" : "is late";
        String last = run.lastGood()
                .map(at -> "The last good one ended" + Words.at(at) + ".")
                .orElse("There is none yet.");
        Notice notice = new Notice(
                kind,
                urgency,
                Optional.of(run.stack()),
                run.stack() + ": " + run.kind() + " " + what,
                "It was due" + Words.at(run.due()) + ". " + last,
                List.of(new Detail("due", Words.time(run.due()))),
                Optional.empty(),
                Optional.empty(),
                run.at());
        return run.missed()
                ? missed(run.stack(), run.kind(), notice)
                : List.of(new Alarm.Raised(name(kind, run.stack(), run.kind()), notice, Duration.ZERO));
    }

    private static Alarm ofDestination(Fact.DestinationSeen seen, AlarmLimits limits) {
        String name = name(NoticeKind.COPY_BEHIND, seen.stack(), seen.destination());
        if (seen.level()) {
            return over(name, "'" + seen.destination() + "' holds everything again.");
        }
        String reason = seen.reason().isBlank() ? "" : ": " + seen.reason();
        return new Alarm.Raised(
                name,
                notice(
                        NoticeKind.COPY_BEHIND,
                        Urgency.WARNING,
                        Optional.of(seen.stack()),
                        seen.stack() + ": the copy at '" + seen.destination() + "' is behind",
                        "It does not hold what the others hold" + reason,
                        List.of(new Detail("destination", seen.destination())),
                        seen.at()),
                limits.behind());
    }

    /** Ends only clearly below the limit, so that it does not begin and end all the time. */
    private static List<Alarm> ofStorage(Fact.StorageSeen seen, AlarmLimits limits) {
        String name = name(NoticeKind.STORAGE_ABOVE_LIMIT, seen.stack(), seen.destination());
        String used = Words.bytes(seen.usedBytes());
        Optional<ByteSize> limit = limits.storage();
        if (limit.isEmpty()) {
            return List.of(over(name, "there is no limit any more."));
        }
        long most = limit.get().bytes();
        if (seen.usedBytes() <= most) {
            boolean clearly = seen.usedBytes() <= most - most / 20;
            return clearly ? List.of(over(name, "'" + seen.destination() + "' holds " + used + ".")) : List.of();
        }
        return List.of(new Alarm.Raised(
                name,
                notice(
                        NoticeKind.STORAGE_ABOVE_LIMIT,
                        Urgency.WARNING,
                        Optional.of(seen.stack()),
                        seen.stack() + ": '" + seen.destination() + "' is above its limit",
                        "It holds " + used + "; the limit is " + Words.bytes(most)
                                + ". Keep fewer snapshots, or raise the limit.",
                        List.of(new Detail("destination", seen.destination()), new Detail("used", used)),
                        seen.at()),
                Duration.ZERO));
    }

    private static Alarm ofSizes(Fact.SizesSeen seen, AlarmLimits limits) {
        String name = name(NoticeKind.SHRANK, seen.stack(), "");
        List<Shrinkage> shrunk = Shrinkage.in(seen.now(), seen.before(), limits);
        if (shrunk.isEmpty()) {
            return over(name, "snapshot " + seen.snapshot() + " has about as much in it as those before.");
        }
        Notice notice = notice(
                NoticeKind.SHRANK,
                Urgency.URGENT,
                Optional.of(seen.stack()),
                seen.stack() + ": " + shrunk.getFirst().title()
                        + (shrunk.size() == 1 ? "" : " and " + (shrunk.size() - 1) + " more") + " suddenly shrank",
                "The new snapshot has much less in it than those before. If nobody deleted this on purpose, keep the older"
                        + " snapshots: pin them before they are removed.",
                shrunk.stream()
                        .limit(20)
                        .map(one -> new Detail(one.title(), one.sentence()))
                        .collect(Collectors.toCollection(
                                () -> new ArrayList<>(List.of(new Detail("snapshot", seen.snapshot()))))),
                seen.at());
        return new Alarm.Raised(name, notice, Duration.ZERO);
    }

    /** What lives for a short time only is told when a third of that is left. */
    private static List<Alarm> ofExpiries(Fact.ExpiriesSeen seen, AlarmLimits limits) {
        List<Alarm> alarms = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fact.Expiry one : seen.all()) {
            Duration third = Duration.between(one.began(), one.ends()).dividedBy(3);
            Duration limit = third.compareTo(limits.expiry()) < 0 ? third : limits.expiry();
            Fact.ExpirySeen each =
                    new Fact.ExpirySeen(Optional.empty(), seen.what(), one.name(), one.ends(), seen.at());
            names.add(name(NoticeKind.EXPIRING, "", seen.what() + "/" + one.name()));
            alarms.add(ofExpiry(each, limit));
        }
        alarms.add(new Alarm.Gone(name(NoticeKind.EXPIRING, "", seen.what() + "/"), names));
        return alarms;
    }

    private static Alarm ofExpiry(Fact.ExpirySeen seen, Duration limit) {
        String name = name(NoticeKind.EXPIRING, seen.stack().orElse(""), seen.what() + "/" + seen.name());
        Duration left = Duration.between(seen.at(), seen.ends());
        String title = seen.stack().map(stack -> stack + ": ").orElse("") + seen.what() + " '" + seen.name() + "' ";
        if (left.compareTo(limit) > 0) {
            return over(name, title + "is valid until " + Words.time(seen.ends()) + ".");
        }
        boolean ended = left.isNegative() || left.isZero();
        return new Alarm.Raised(
                name,
                notice(
                        NoticeKind.EXPIRING,
                        left.compareTo(limit.dividedBy(3)) < 0 ? Urgency.URGENT : Urgency.WARNING,
                        seen.stack(),
                        title + (ended ? "has ended" : "ends in " + Words.span(left)),
                        "It " + (ended ? "ended" : "ends") + Words.at(seen.ends()) + ". Put a new one in its place.",
                        List.of(new Detail("ends", Words.time(seen.ends()))),
                        seen.at()),
                Duration.ZERO);
    }

    private static Notice notice(
            NoticeKind kind,
            Urgency urgency,
            Optional<String> stack,
            String title,
            String text,
            List<Detail> details,
            Instant at) {
        return new Notice(kind, urgency, stack, title, text, details, Optional.empty(), Optional.empty(), at);
    }

    private static Alarm over(String name, String how) {
        return new Alarm.Over(Set.of(name), false, how, Optional.empty());
    }

    private static Set<String> names(Fact.RunEnded run, NoticeKind... kinds) {
        return Arrays.stream(kinds)
                .map(kind -> name(kind, run.stack(), run.kind()))
                .collect(Collectors.toSet());
    }

    /** The name of an incident. */
    static String name(NoticeKind kind, String stack, String what) {
        return String.join("/", kind.label(), stack, what);
    }
}
