package dev.holdfast.connectors.postgres;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One finished run of a program of PostgreSQL.
 *
 * @param exitCode 0 if it did its work
 * @param stderr the last part of what it said
 */
record ToolRun(int exitCode, String stderr) {
    private static final int SHOWN_LINES = 6;
    private static final int SHOWN_CHARACTERS = 1200;
    private static final int HEARTBEAT_SECONDS = 10;
    private static final int KEPT_BYTES = 64 * 1024;
    private static final int LONGEST_LINE_BYTES = 4096;

    /**
     * Runs a program to its end; it is killed if this thread is interrupted.
     *
     * @param heartbeat called every few seconds meanwhile; if it throws, the program is killed
     * @param environment in place of every variable that libpq would read, so that nobody's settings leak in
     */
    static ToolRun of(Path program, List<String> arguments, Map<String, String> environment, Runnable heartbeat)
            throws IOException, InterruptedException {
        return of(program, arguments, environment, heartbeat, line -> true);
    }

    /**
     * @param goesOn hears each line that it says, from another thread; if it says no, the program is ended
     */
    static ToolRun of(
            Path program,
            List<String> arguments,
            Map<String, String> environment,
            Runnable heartbeat,
            Predicate<String> goesOn)
            throws IOException, InterruptedException {
        Process process = prepare(program, arguments, environment)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            FutureTask<String> said = new FutureTask<>(() -> tail(process.getErrorStream(), line -> {
                if (!goesOn.test(line)) {
                    process.toHandle().destroy(); // its last words are still heard
                }
            }));
            Thread.ofVirtual().name("stderr of " + program.getFileName()).start(said);
            while (!process.waitFor(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
                heartbeat.run();
            }
            return new ToolRun(process.exitValue(), said.get());
        } catch (ExecutionException e) {
            throw new IOException("cannot hear " + program, e.getCause());
        } finally {
            process.destroyForcibly();
        }
    }

    /** A program that is not started yet, in an environment as for {@link #of}. */
    static ProcessBuilder prepare(Path program, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> name.startsWith("PG") && !name.equals("PGPASSFILE"));
        variables.put("LC_ALL", "C");
        variables.putAll(environment);
        return builder;
    }

    /** The last part of what a program says, to its end. */
    static String tail(InputStream stream) throws IOException {
        return tail(stream, line -> {});
    }

    private static String tail(InputStream stream, Consumer<String> lines) throws IOException {
        byte[] kept = new byte[KEPT_BYTES];
        long total = 0;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (stream) {
            byte[] buffer = new byte[8192];
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    kept[(int) (total++ % KEPT_BYTES)] = buffer[i];
                    if (buffer[i] == '\n') {
                        lines.accept(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else if (line.size() < LONGEST_LINE_BYTES) {
                        line.write(buffer[i]);
                    }
                }
            }
        }
        if (total <= KEPT_BYTES) {
            return new String(kept, 0, (int) total, StandardCharsets.UTF_8);
        }
        int start = (int) (total % KEPT_BYTES);
        return "…" + new String(kept, start, KEPT_BYTES - start, StandardCharsets.UTF_8)
                + new String(kept, 0, start, StandardCharsets.UTF_8);
    }

    /** What it said that is not only a hint on how to go on, one line for each, at most some. */
    List<String> lines() {
        return stderr.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /** The reason of a failure, short enough for a message. */
    String reason() {
        List<String> errors = lines().stream()
                .filter(line -> !line.startsWith("pg_dump: hint") && !line.startsWith("pg_restore: hint"))
                .toList();
        if (errors.isEmpty()) {
            return "it said nothing, exit code " + exitCode;
        }
        int first = 0;
        while (first < errors.size() && !errors.get(first).contains("error:")) {
            first++;
        }
        List<String> shown = first == errors.size() ? errors : errors.subList(first, errors.size());
        String all = String.join("; ", shown.subList(0, Math.min(SHOWN_LINES, shown.size())));
        return all.length() > SHOWN_CHARACTERS ? all.substring(0, SHOWN_CHARACTERS) + "…" : all;
    }
}
