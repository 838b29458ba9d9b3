package dev.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A command on its way. */
final class Running implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final String command;
    private final Process process;
    private final Path out;
    private final Path err;
    private final long began = System.nanoTime();

    Running(String command, Process process, Path out, Path err) {
        this.command = command;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    long pid() {
        return process.pid();
    }

    boolean ended() {
        return !process.isAlive();
    }

    /** Ends it as the kernel does when memory is short: no last words. */
    void kill() {
        process.destroyForcibly();
    }

    void signal(String name) {
        Shell.run("kill", "-" + name, Long.toString(pid()));
    }

    /** Waits for its end. */
    Outcome outcome() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                String stacks = Shell.tried("jstack", Long.toString(pid()));
                process.destroyForcibly().waitFor();
                throw new AssertionError("'%s' did not end within %s; it said:%n%s%s%n%s"
                        .formatted(command, LIMIT, Files.readString(out), Files.readString(err), stacks));
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            if (System.getenv("HOLDFAST_IT_TRACE") != null) {
                System.out.printf("%5.1f s, exit %d: %s%n", seconds, process.exitValue(), command);
            }
            return new Outcome(command, process.exitValue(), Files.readString(out), Files.readString(err), seconds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while '" + command + "' ran", e);
        }
    }

    /** What it said on standard error until now. */
    String saidSoFar() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
