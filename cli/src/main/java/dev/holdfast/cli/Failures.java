package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tells what went wrong, and what follows from it. */
final class Failures {
    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * @param command which command failed; empty if none was begun
     * @return the exit code
     */
    int tell(Throwable failure, String command, boolean json, boolean verbose) {
        ErrorCode code = failure instanceof HoldfastException known ? known.code() : ErrorCode.INTERNAL;
        String message = failure instanceof HoldfastException ? text(failure) : "unexpected: " + summary(failure);
        String hint = failure instanceof HoldfastException known ? known.hint() : unexpectedHint(failure, verbose);
        if (verbose) {
            failure.printStackTrace(terminal.err());
        }
        return tell(code, message, hint, command, json);
    }

    int tell(ErrorCode code, String message, String hint, String command, boolean json) {
        text(code, message, hint);
        if (json) {
            try (Json document = new Json(terminal.out(), command)) {
                document.field("ok", false).error(code, message, hint);
            }
        }
        return code.number();
    }

    /** The error and its hint, on standard error. */
    void text(ErrorCode code, String message, String hint) {
        PrintStream err = terminal.err();
        String label = terminal.errColour() ? "\u001b[31merror:\u001b[0m " : "error: ";
        err.println(label + Format.clean(message).replace("\n", "\n       "));
        hint.lines().forEach(line -> err.println("HINT: " + Format.clean(line)));
        if (code == ErrorCode.INTERNAL) {
            err.println("This is a fault of Holdfast, not of your data.");
        }
        err.flush();
    }

    private static String text(Throwable failure) {
        return Optional.ofNullable(failure.getMessage())
                .orElse(failure.getClass().getSimpleName());
    }

    private static String summary(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static String unexpectedHint(Throwable failure, boolean verbose) {
        if (verbose) {
            return "please report it with the trace above.";
        }
        try {
            Path file = Files.createTempFile("holdfast-", ".log");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
                failure.printStackTrace(writer);
            }
            return "please report it with the trace in " + file + ".";
        } catch (IOException e) {
            return "run it again with --verbose, and please report it with the trace.";
        }
    }
}
