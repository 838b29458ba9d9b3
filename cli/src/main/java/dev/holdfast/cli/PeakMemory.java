package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How much memory this process had resident at most. */
final class PeakMemory {
    private static final String FIELD = "VmHWM:";

    private PeakMemory() {}

    /** In bytes; empty where the system does not say. */
    static OptionalLong bytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return parse(lines);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong parse(Stream<String> status) {
        return status.filter(line -> line.startsWith(FIELD))
                .map(line -> line.substring(FIELD.length()).replace("kB", "").strip())
                .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
                .findFirst();
    }
}
