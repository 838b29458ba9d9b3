package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import java.io.BufferedReader;
import java.io.Console;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The streams of the process and what is known about them.
 *
 * @param out for results
 * @param err for everything else
 * @param outColour whether results may be coloured
 * @param errColour whether messages may be coloured
 * @param live whether a line on {@code err} can be drawn again and again
 * @param person answers questions
 */
record Terminal(PrintStream out, PrintStream err, boolean outColour, boolean errColour, boolean live, Person person) {
    private static final int USUAL_WIDTH = 80;

    /** Somebody in front of the terminal, or nobody. */
    interface Person {
        /** Nobody. */
        Person ABSENT = new Person() {
            @Override
            public boolean present() {
                return false;
            }

            @Override
            public Optional<String> answer(String prompt) {
                return Optional.empty();
            }

            @Override
            public Optional<String> secret(String prompt) {
                return Optional.empty();
            }
        };

        boolean present();

        /** One line; empty at the end of input. */
        Optional<String> answer(String prompt);

        /** One line that is not shown while it is typed. */
        Optional<String> secret(String prompt);
    }

    static Terminal ofProcess(Environment environment) {
        // file names and labels are UTF-8 whatever the locale says
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        boolean capable = !environment.value("TERM").orElse("dumb").equals("dumb");
        boolean colour = capable && environment.value("NO_COLOR").isEmpty();
        boolean errTerminal = isTerminal(2);
        boolean asked = isTerminal(0) && errTerminal;
        return new Terminal(
                out,
                err,
                colour && isTerminal(1),
                colour && errTerminal,
                capable && errTerminal,
                asked ? new AtTerminal(err) : Person.ABSENT);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .isPresent();
        }
    }

    /** Columns of the terminal; asks a program, so not to be called often. */
    static int width() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            boolean done = stty.waitFor(1, TimeUnit.SECONDS);
            int columns = done ? Integer.parseInt(size.substring(size.indexOf(' ') + 1)) : 0;
            return columns > 0 ? columns : USUAL_WIDTH;
        } catch (IOException | NumberFormatException e) {
            return USUAL_WIDTH;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL_WIDTH;
        }
    }

    private static final class AtTerminal implements Person {
        private final PrintStream err;

        /** One for all questions: it may have read further than the line that was asked for. */
        private final BufferedReader typed =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

        AtTerminal(PrintStream err) {
            this.err = err;
        }

        @Override
        public boolean present() {
            return true;
        }

        @Override
        public Optional<String> answer(String prompt) {
            err.print(prompt);
            err.flush();
            try {
                return Optional.ofNullable(typed.readLine());
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        @Override
        public Optional<String> secret(String prompt) {
            return Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .map(console -> console.readPassword("%s", prompt))
                    .map(String::new);
        }
    }
}
