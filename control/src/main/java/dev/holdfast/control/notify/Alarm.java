package dev.holdfast.control.notify;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What a fact means for incidents. */
sealed interface Alarm {
    /**
     * An incident begins, or goes on.
     *
     * @param name which incident
     * @param notice what people are told; without the incident, which is added
     * @param grace how long it has to go on before they are
     */
    record Raised(String name, Notice notice, Duration grace) implements Alarm {}

    /**
     * Incidents are over, if they went on.
     *
     * @param names which
     * @param quiet whether nobody is told, because something worse took their place
     * @param how why they are over, a sentence
     * @param run the run that ended them
     */
    record Over(Set<String> names, boolean quiet, String how, Optional<RunNote> run) implements Alarm {
        public Over {
            names = Set.copyOf(names);
        }
    }

    /**
     * Incidents of a sort are over without a word, but some: what they were about is not there any more.
     *
     * @param beginning what their names begin with
     * @param but names of those that go on
     */
    record Gone(String beginning, Set<String> but) implements Alarm {
        public Gone {
            but = Set.copyOf(but);
        }
    }

    /** Something that is told once and begins no incident. */
    record Told(Notice notice) implements Alarm {}
}
