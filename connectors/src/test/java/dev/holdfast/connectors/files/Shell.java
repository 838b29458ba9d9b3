package dev.holdfast.connectors.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs commands that must succeed. */
public final class Shell {
    private Shell() {}

    public static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
