package dev.holdfast.control.leaving;

import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A file of a snapshot that was left.
 *
 * @param name in the folder of everything
 * @param part which part it is of
 * @param content what of it
 * @param format what kind of file it is, such as {@code custom} or {@code tar.gz}
 */
public record LeftFile(FileName name, String part, Content content, String format, State state) {
    /** What of a part a file holds. */
    public enum Content {
        /** Everything that was captured. */
        DATA,
        /** The roles that a database uses. */
        ROLES;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it is there. */
    public sealed interface State {
        /**
         * It is, or will be in a moment.
         *
         * @param bytes its length
         * @param sha256 its digest in lower-case hex
         * @param modified when it was written by the clock of the place; empty until that is known
         * @param findings what in it is not as it was captured
         */
        record Whole(long bytes, String sha256, Optional<Instant> modified, List<Finding> findings) implements State {
            public Whole {
                findings = List.copyOf(findings);
            }
        }

        /**
         * It is not.
         *
         * @param reason why
         * @param hint what to do about it; may be empty
         */
        record Missing(String reason, String hint) implements State {}
    }

    LeftFile with(State other) {
        return new LeftFile(name, part, content, format, other);
    }
}
