package dev.holdfast.cli.service;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server in the background: begun so that it outlives whoever began it, and ended in order. */
public final class Background {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int TOLD_LINES = 12;

    private final StateFolder state;

    public Background(StateFolder state) {
        this.state = state;
    }

    /** Where what it says before it logs goes. */
    public Path output() {
        return state.logs().resolve("output.log");
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param command the launcher and its arguments
     * @param folder where it begins: relative paths of its variables, and the usual stack file, are looked for there
     * @throws Failed (SERVER_UNAVAILABLE) if it ends before it is ready; the message has the end of what it said
     */
    public ServerProcess start(List<String> command, Path folder) {
        try {
            Files.createDirectories(state.logs());
            Files.deleteIfExists(output());
            Process process = new ProcessBuilder(detached(command))
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(output().toFile())
                    .start();
            return awaited(process);
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.SERVER_UNAVAILABLE,
                    "the server cannot be started: " + e.getMessage(),
                    "see whether 'holdfast serve' starts.",
                    e);
        }
    }

    /** In a session of its own, so that a terminal that is closed does not take it along. */
    private static List<String> detached(List<String> command) {
        List<String> all = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            all.add("/usr/bin/setsid");
        }
        all.addAll(command);
        return all;
    }

    /**
     * Waits until the server that is there answers.
     *
     * @throws Failed (SERVER_UNAVAILABLE) if it ends before it does
     */
    public ServerProcess awaitReady() {
        return awaited(() -> {
            throw new Failed(
                    ErrorCode.SERVER_UNAVAILABLE,
                    "the server that was starting has ended",
                    "its log in " + state.logs() + " says why.");
        });
    }

    private ServerProcess awaited(Process process) {
        return awaited(() -> {
            if (!process.isAlive()) {
                throw ended(process.exitValue());
            }
        });
    }

    /**
     * @param alone what to do as long as no server is written down; two may be started at once, and then one of them ends
     */
    private ServerProcess awaited(Runnable alone) {
        long giveUp = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < giveUp) {
            Optional<ServerProcess> running = ServerProcess.running(state);
            Optional<ServerProcess> ready = running.filter(ServerProcess::ready);
            if (ready.isPresent()) {
                return ready.get();
            }
            if (running.isEmpty()) {
                alone.run();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new Unavailable(
                ErrorCode.SERVER_UNAVAILABLE,
                "the server did not answer within " + START_LIMIT.toSeconds() + " s; it is still there",
                "see " + output() + "; 'holdfast down' ends it.");
    }

    private HoldfastException ended(int exit) {
        return new Failed(
                ErrorCode.SERVER_UNAVAILABLE,
                "the server ended at once, with exit code " + exit + "; it said:\n" + lastLines(),
                "all of it is in " + output() + ".");
    }

    private String lastLines() {
        try {
            List<String> lines = new String(Files.readAllBytes(output()), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
        } catch (IOException e) {
            return "(nothing that can be read)";
        }
    }

    /**
     * Ends the server in order: it lets runs come to an end for a moment, and cancels them then.
     *
     * @param patience how long to wait before it is killed
     * @return whether it ended by itself; false if it had to be killed; empty if none was running
     */
    public Optional<Boolean> stop(Duration patience) {
        Optional<ServerProcess> running = ServerProcess.running(state);
        Optional<ProcessHandle> handle = running.flatMap(ServerProcess::handle);
        if (handle.isEmpty()) {
            return Optional.empty();
        }
        if (!handle.get().destroy() && handle.get().isAlive()) {
            throw new AccessDenied(
                    ErrorCode.FORBIDDEN,
                    "the server, process " + handle.get().pid() + ", belongs to somebody else",
                    "end it as the user that started it; a service of the machine is ended with 'systemctl stop'.");
        }
        boolean inOrder = endedWithin(handle.get(), patience);
        if (!inOrder) {
            handle.get().destroyForcibly();
            if (!endedWithin(handle.get(), KILL_LIMIT)) {
                throw new Failed(
                        ErrorCode.SERVER_UNAVAILABLE,
                        "process " + handle.get().pid() + " cannot be ended",
                        "it waits for the system, a disk that does not answer for example.");
            }
            running.get().erase(state);
        }
        return Optional.of(inOrder);
    }

    private static boolean endedWithin(ProcessHandle process, Duration time) {
        try {
            process.onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return !process.isAlive();
        }
    }
}
