package dev.holdfast.control.notify;

import java.time.Duration;
import java.util.Optional;

/** From facts to pings. */
final class Signals {
    private Signals() {}

    /**
     * A ping, and of which runs it tells.
     *
     * @param incident while this one is open the monitor has heard it already
     */
    record Heard(String stack, String runKind, Signal signal, Optional<String> incident) {}

    static Optional<Heard> of(Fact fact) {
        return switch (fact) {
            case Fact.RunBegan run ->
                Optional.of(new Heard(
                        run.stack(),
                        run.kind(),
                        new Signal(
                                Signal.Moment.START,
                                run.run(),
                                run.stack() + ": " + run.kind() + " begins",
                                "",
                                Optional.empty()),
                        Optional.empty()));
            case Fact.RunEnded run -> ofEnd(run);
            case Fact.RunOverdue run
            when run.missed() ->
                Optional.of(new Heard(
                        run.stack(),
                        run.kind(),
                        new Signal(
                                Signal.Moment.FAILURE,
                                "missed/" + run.stack() + "/" + run.due(),
                                run.stack() + ": " + run.kind() + " was missed; it was due" + Words.at(run.due()),
                                "",
                                Optional.empty()),
                        Optional.of(Alarms.name(NoticeKind.MISSED, run.stack(), run.kind()))));
            case Fact.RunOverdue _,
                    Fact.DestinationSeen _,
                    Fact.StorageSeen _,
                    Fact.SizesSeen _,
                    Fact.ExpirySeen _,
                    Fact.ExpiriesSeen _ -> Optional.empty();
        };
    }

    /** A run that is tried again has not failed yet; one that somebody ended did not succeed. */
    private static Optional<Heard> ofEnd(Fact.RunEnded run) {
        boolean good = run.outcome() == RunOutcome.SUCCEEDED || run.outcome() == RunOutcome.ATTENTION;
        if (!good && run.willRetry()) {
            return Optional.empty();
        }
        String why = run.problem().map(problem -> ": " + problem.message()).orElse("");
        return Optional.of(new Heard(
                run.stack(),
                run.kind(),
                new Signal(
                        good ? Signal.Moment.SUCCESS : Signal.Moment.FAILURE,
                        run.run(),
                        run.stack() + ": " + run.kind() + " " + run.outcome().label() + why,
                        run.logTail(),
                        Optional.of(Duration.between(run.began(), run.at()))),
                Optional.empty()));
    }
}
