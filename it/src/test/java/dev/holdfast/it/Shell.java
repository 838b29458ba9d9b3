package dev.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs small commands of the system. */
final class Shell {
    private Shell() {}

    private record Ended(int exit, String said) {}

    /** Runs a command that must succeed, and gives what it said. */
    static String run(String... command) {
        Ended ended = end(command);
        if (ended.exit != 0) {
            throw new AssertionError(
                    "'%s' ended with %d: %s".formatted(String.join(" ", command), ended.exit, ended.said));
        }
        return ended.said;
    }

    /** Runs a command and gives what it said, whatever that is. */
    static String tried(String... command) {
        try {
            return end(command).said;
        } catch (UncheckedIOException e) {
            return e.toString();
        }
    }

    static boolean succeeds(String... command) {
        try {
            return end(command).exit == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    static boolean isRoot() {
        return run("id", "-u").strip().equals("0");
    }

    private static Ended end(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return new Ended(process.waitFor(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while '" + String.join(" ", command) + "' ran", e);
        }
    }
}
