package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What environment variables alone configure.
 *
 * @param stack the stack; empty if nothing says what to protect, or if there are errors
 * @param service settings of the service itself
 * @param notes one line for the log each: which alias was used, what looks misspelt, what is understood otherwise
 * @param errors what makes it unusable, with what to set
 */
public record ZeroConfiguration(
        Optional<StackConfig> stack, ServiceSettings service, List<Note> notes, List<Problem> errors) {
    public ZeroConfiguration {
        notes = List.copyOf(notes);
        errors = List.copyOf(errors);
    }

    /**
     * Reads everything that the environment says; never fails, what is wrong is in it.
     *
     * @param state state folder of the service: the backups go to {@code backups} in it if nothing says where
     */
    public static ZeroConfiguration read(Environment environment, Path state) {
        return new ZeroReader(environment, state).read();
    }

    /**
     * Something worth a line in the log.
     *
     * @param kind what it is about
     * @param variable the variable
     * @param text the whole line, without secrets
     */
    public record Note(Kind kind, String variable, String text) {
        /** What a note is about. */
        public enum Kind {
            /** A variable of another tool was understood. */
            ALIAS,
            /** A variable looks like one that is known. */
            LOOK_ALIKE,
            /** It is understood, but does something else here, or nothing. */
            WARNING
        }
    }

    /**
     * Why it cannot be used.
     *
     * @param message what is wrong
     * @param hint what to set
     */
    public record Problem(String message, String hint) {}
}
