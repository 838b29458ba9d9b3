package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Writes an archive as SQL: pg_restore is fed with it and tells what it would run. So the text is PostgreSQL's own, and
 * nothing but what is in the pipes is held. For one thread.
 */
final class ScriptExport {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Tool restore;
    private final boolean create;
    private final Consumer<Finding> findings;

    /**
     * @param create whether the SQL makes the database too
     */
    ScriptExport(Tool restore, boolean create, Consumer<Finding> findings) {
        this.restore = restore;
        this.create = create;
        this.findings = findings;
    }

    /**
     * @param archive an uncompressed one
     * @param script takes the SQL, on another thread
     */
    void run(ArchiveExport archive, ArchiveOutput.Sink script) throws IOException {
        Process process = ToolRun.prepare(restore.path(), arguments(), Map.of()).start();
        FutureTask<String> said = began("stderr of pg_restore", () -> ToolRun.tail(process.getErrorStream()));
        FutureTask<Boolean> passed = began("stdout of pg_restore", () -> pass(process, script));
        try {
            boolean taken = feed(archive, process);
            finish(passed);
            ToolRun run = new ToolRun(process.waitFor(), finish(said));
            if (run.exitCode() != 0 || !taken) {
                throw new Failed(
                        ErrorCode.DATABASE_DUMP_FAILED,
                        "pg_restore " + restore.version() + " could not write the archive as SQL: " + run.reason(),
                        "export with --format custom, which does not need it, or install a newer pg_restore.");
            }
            run.lines().forEach(line -> findings.accept(new Finding("pg_restore", line)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "the export was stopped", "no file was made.", e);
        } finally {
            process.destroyForcibly();
            awaitEnd(passed);
        }
    }

    /** Nothing may be written any more by the time the caller hears of a failure. */
    private static void awaitEnd(FutureTask<Boolean> passed) {
        boolean interrupted = Thread.interrupted();
        try {
            passed.get();
        } catch (ExecutionException e) {
            // told already, or only a consequence
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--format=custom", "--file=-"));
        if (create) {
            arguments.add("--create");
        }
        return arguments;
    }

    private static <T> FutureTask<T> began(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().name(name).start(task);
        return task;
    }

    /** Passes the SQL on; if it cannot be taken, there is no need for more. */
    private static boolean pass(Process process, ArchiveOutput.Sink script) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        boolean done = false;
        try (InputStream sql = process.getInputStream()) {
            for (int n = sql.read(buffer); n >= 0; n = sql.read(buffer)) {
                script.write(buffer, 0, n);
            }
            done = true;
            return true;
        } finally {
            if (!done) {
                process.destroyForcibly();
            }
        }
    }

    /** False if pg_restore did not want all of it; it, or who takes the SQL, knows why. */
    private static boolean feed(ArchiveExport archive, Process process) throws IOException {
        try (OutputStream pipe = process.getOutputStream()) {
            archive.write((bytes, offset, length) -> {
                try {
                    pipe.write(bytes, offset, length);
                } catch (IOException e) {
                    throw new Refused(e);
                }
            });
            return true;
        } catch (Refused e) {
            return false;
        }
    }

    /** The pipe is closed at its other end. */
    private static final class Refused extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        Refused(IOException cause) {
            super(cause);
        }
    }

    private static <T> T finish(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case HoldfastException known -> throw known;
                case IOException io -> throw new IOException("cannot hear pg_restore", io);
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
