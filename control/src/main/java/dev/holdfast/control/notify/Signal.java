package dev.holdfast.control.notify;

import java.time.Duration;
import java.util.Optional;

/**
 * What a monitor is told of a run.
 *
 * @param run the run's id
 * @param text one line
 * @param log the end of the run's log, may be empty
 * @param took how long it took, once it has ended
 */
record Signal(Moment moment, String run, String text, String log, Optional<Duration> took) {
    /** Which moment of a run. */
    enum Moment {
        START,
        SUCCESS,
        FAILURE,
        /** None: somebody tries the channel. */
        TEST
    }
}
