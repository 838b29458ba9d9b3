package dev.holdfast.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs commands that are not measured. A command that fails is a {@link BenchFailure} with the end of its output. */
final class Shell {
    private static final int TAIL_LINES = 25;

    private Shell() {}

    /** What a program writes to the standard input of another. */
    @FunctionalInterface
    interface Feed {
        void writeTo(OutputStream out) throws IOException;
    }

    static void run(Command command) {
        read(command);
    }

    /** Standard output, without the last line end. */
    static String read(Command command) {
        return feed(command, out -> {});
    }

    static String feed(Command command, Feed feed) {
        Path errors = temporary();
        Path output = temporary();
        try {
            Process process = command.builder()
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            try {
                Optional<IOException> broken = write(feed, process);
                int exit = process.waitFor();
                if (exit != 0) {
                    throw new BenchFailure(failed(command, exit, output, errors));
                }
                if (broken.isPresent()) {
                    throw new BenchFailure(
                            "'" + command.words().getFirst() + "' did not read all of its input", broken.get());
                }
            } finally {
                // alive only when this thread was interrupted
                process.destroy();
            }
            return Files.readString(output).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new BenchFailure("interrupted", e);
        } finally {
            Trees.delete(errors);
            Trees.delete(output);
        }
    }

    /** A program that has failed reads no more: its exit code says so better than the broken pipe. */
    private static Optional<IOException> write(Feed feed, Process process) {
        try (OutputStream in = new BufferedOutputStream(process.getOutputStream(), 1 << 16)) {
            feed.writeTo(in);
            return Optional.empty();
        } catch (IOException closed) {
            return Optional.of(closed);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("holdfast-bench-", ".out");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String failed(Command command, int exit, Path... outputs) throws IOException {
        StringBuilder message = new StringBuilder()
                .append("exit code ")
                .append(exit)
                .append(" of: ")
                .append(String.join(" ", command.words()));
        for (Path output : outputs) {
            List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            lines.stream()
                    .skip(Math.max(0, lines.size() - TAIL_LINES))
                    .forEach(line -> message.append("\n  | ").append(line));
        }
        return message.toString();
    }
}
