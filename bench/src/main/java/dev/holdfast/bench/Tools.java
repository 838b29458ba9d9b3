package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs of the machine that a benchmark needs: found, installed where that may be, or named. */
final class Tools {
    private static final Path ROOT = Path.of("/");

    private Tools() {}

    /**
     * Makes sure that programs are on the path.
     *
     * @param packages the Debian package of each program, by the program's name
     */
    static void require(Map<String, String> packages) {
        List<String> missing = new ArrayList<>();
        packages.forEach((program, name) -> {
            if (!present(program)) {
                missing.add(name);
            }
        });
        if (missing.isEmpty()) {
            return;
        }
        missing.sort(null);
        String install = "apt-get install -y --no-install-recommends " + String.join(" ", missing);
        if (!isRoot() || !present("apt-get")) {
            throw new BenchFailure("programs are missing\nHINT: run 'sudo " + install + "'");
        }
        System.err.println("installing " + String.join(" ", missing));
        Shell.run(Command.shell(
                ROOT,
                Map.of("DEBIAN_FRONTEND", "noninteractive"),
                "apt-get -q -o DPkg::Lock::Timeout=600 update && " + install + " -q -o DPkg::Lock::Timeout=600"));
    }

    static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean present(String program) {
        return program.startsWith("/")
                ? Files.isExecutable(Path.of(program))
                : List.of(System.getenv("PATH").split(":", -1)).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
