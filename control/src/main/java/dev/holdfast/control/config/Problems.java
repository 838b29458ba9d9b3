package dev.holdfast.control.config;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Everything that is wrong with a file, collected so that it can be told at once. For one thread. */
final class Problems {
    /** How many are told at once. */
    private static final int MAX_TOLD = 10;

    private final Optional<String> file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = Optional.of(file);
    }

    private Problems() {
        this.file = Optional.empty();
    }

    /** For what is no file, so that lines mean nothing. */
    static Problems withoutPlaces() {
        return new Problems();
    }

    /**
     * @param line from 1
     * @param message what is wrong and what was expected
     * @param hint what to do, or an example; may be empty
     */
    record Problem(int line, ErrorCode code, String message, String hint) {}

    /** Ends the reading of one section. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        Stop(int line, ErrorCode code, String message, String hint) {
            super(message);
            this.problem = new Problem(line, code, message, hint);
        }

        Stop(int line, String message, String hint) {
            this(line, ErrorCode.CONFIGURATION_INVALID, message, hint);
        }
    }

    void add(int line, String message, String hint) {
        found.add(new Problem(line, ErrorCode.CONFIGURATION_INVALID, message, hint));
    }

    /** Reads one section; what is wrong with it is noted, and the others are still looked at. */
    <T> Optional<T> attempt(Supplier<T> section) {
        try {
            return Optional.of(section.get());
        } catch (Stop e) {
            found.add(e.problem);
            return Optional.empty();
        }
    }

    /** Throws what was found, if anything was. */
    void raise() {
        if (!found.isEmpty()) {
            throw exception();
        }
    }

    private HoldfastException exception() {
        List<Problem> told = found.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .limit(MAX_TOLD)
                .toList();
        String message = told.stream()
                .map(p -> file.map(name -> name + ":" + p.line() + ": ").orElse("") + p.message())
                .collect(Collectors.joining("\n"));
        if (found.size() > told.size()) {
            message += "\nand " + (found.size() - told.size()) + " more";
        }
        String hint = told.stream()
                .map(Problem::hint)
                .filter(h -> !h.isEmpty())
                .distinct()
                .limit(3)
                .collect(Collectors.joining("\n"));
        boolean secrets = found.stream().allMatch(p -> p.code() == ErrorCode.SECRET_MISSING);
        return secrets
                ? new Missing(ErrorCode.SECRET_MISSING, message, hint)
                : new Invalid(ErrorCode.CONFIGURATION_INVALID, message, hint);
    }
}
