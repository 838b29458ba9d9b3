package dev.holdfast.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Runs the real command line as a process of its own, in the folder of the stack file. */
final class Holdfast implements AutoCloseable {
    private static final int WORDS_KEPT = 60;
    private static final int LARGEST_ANSWER = 4 << 20;

    private final Path launcher;
    private final Path folder;
    private final Map<String, String> environment;
    private final PrintStream out;
    private volatile @Nullable Process running;

    Holdfast(Path launcher, Path folder, Map<String, String> environment, PrintStream out) {
        this.launcher = launcher;
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        this.out = out;
    }

    /**
     * Runs one command, shown as a person would type it.
     *
     * @throws StepFailed unless it exits with 0 and answers that it succeeded
     */
    Answer run(DemoStep step, String... arguments) {
        String shown = "holdfast " + String.join(" ", arguments);
        out.println("$ " + shown);
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        command.add("--json");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            running = process;
            process.getOutputStream().close();
            FutureTask<String> words = new FutureTask<>(() -> lastLines(process));
            Thread.ofVirtual().start(words);
            String document = document(process.getInputStream());
            int exitCode = process.waitFor();
            return judge(step, shown, exitCode, document, words.get());
        } catch (IOException e) {
            throw new StepFailed(step, "cannot run '%s': %s".formatted(launcher, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailed(step, "interrupted", e);
        } catch (ExecutionException e) {
            throw new StepFailed(step, "cannot read what '%s' says".formatted(shown), e);
        } finally {
            running = null;
        }
    }

    /** Ends a command that runs. */
    @Override
    public void close() {
        Process process = running;
        if (process != null) {
            process.destroy();
        }
    }

    private static Answer judge(DemoStep step, String shown, int exitCode, String document, String words) {
        if (exitCode != 0) {
            throw new StepFailed(
                    step,
                    "'%s' ended with exit code %d%n%s%n%s"
                            .formatted(shown, exitCode, words, document.strip())
                            .strip());
        }
        Answer answer = Answer.parse(step, shown, document);
        if (!answer.flag("ok")) {
            throw answer.wrong("it exits with 0 and says that it failed");
        }
        return answer;
    }

    private static String document(InputStream stdout) throws IOException {
        String document = new String(stdout.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8);
        stdout.transferTo(OutputStream.nullOutputStream());
        return document;
    }

    private static String lastLines(Process process) {
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last.add(line);
                if (last.size() > WORDS_KEPT) {
                    last.remove();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return String.join("\n", last);
    }
}
