package dev.holdfast.control.notify;

import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What an HTTP server answered.
 *
 * @param retryAfter how long it asked to be left alone
 * @param body the beginning of its body
 */
record Reply(int status, Optional<Duration> retryAfter, String body) {
    private static final int SHOWN = 200;

    /** The body as JSON; an empty document if it is none. */
    JsonNode json() {
        try {
            return Json.parse(body);
        } catch (JacksonException e) {
            return Json.object();
        }
    }

    /** What the status says to everybody. */
    Answer answer() {
        if (status >= 200 && status < 300) {
            return new Answer.Taken(line());
        }
        if (status >= 300 && status < 400) {
            return new Answer.Refused(
                    line(),
                    Optional.of("it answers that it has moved; write the new address, moves are not followed."));
        }
        return isPassing() ? new Answer.Later(line(), retryAfter) : new Answer.Refused(line(), Optional.empty());
    }

    /** One line for people. */
    String line() {
        String said = OneLine.of(body, SHOWN);
        return said.isEmpty() ? "HTTP " + status : "HTTP " + status + ": " + said;
    }

    private boolean isPassing() {
        return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
    }
}
