package dev.holdfast.demo;

import dev.holdfast.demo.stand.ServerBinaries;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds what the demo needs of PostgreSQL, a server and a {@code pg_dump} that is not older than it, and installs what is
 * missing where that is allowed.
 */
final class Tools {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    private static final Path NO_CLUSTER = Path.of("/etc/postgresql-common/createcluster.d/holdfast-demo.conf");

    private Tools() {}

    /** What to do about PostgreSQL on this machine. */
    sealed interface Plan {
        /** Use the machine's own server. */
        record Machine(ServerBinaries server) implements Plan {}

        /** Use the server that comes with the demo. */
        record Embedded() implements Plan {}

        /** Install these packages first, then look again. */
        record Install(List<String> packages) implements Plan {}

        /** Nothing can be done here: a person has to. */
        record Ask(String command) implements Plan {}
    }

    /**
     * Decides.
     *
     * @param server the machine's newest server
     * @param dump the major version of the newest {@code pg_dump}
     * @param embedded the major version of the server that comes along, where it runs
     * @param apt whether this is a system with apt
     * @param root whether this process may install
     */
    static Plan plan(
            Optional<ServerBinaries> server, OptionalInt dump, OptionalInt embedded, boolean apt, boolean root) {
        if (server.isPresent() && dump.orElse(0) >= server.get().major()) {
            return new Plan.Machine(server.get());
        }
        if (server.isEmpty() && embedded.isPresent() && dump.orElse(0) >= embedded.getAsInt()) {
            return new Plan.Embedded();
        }
        String missing =
                server.map(found -> "postgresql-client-" + found.major()).orElse("postgresql");
        if (!apt) {
            return new Plan.Ask("install PostgreSQL "
                    + server.map(found -> "client programs, version " + found.major())
                            .orElse("(server and client programs of one version)")
                    + ", and put them on the path");
        }
        return root ? new Plan.Install(List.of(missing)) : new Plan.Ask("sudo apt-get install -y " + missing);
    }

    /** The server to use; installs on the way what is missing and may be installed. */
    static Optional<ServerBinaries> provide(PrintStream out) {
        Plan plan = look();
        if (plan instanceof Plan.Install(List<String> packages)) {
            install(packages, out);
            plan = look();
        }
        return switch (plan) {
            case Plan.Machine(ServerBinaries server) -> Optional.of(server);
            case Plan.Embedded() -> Optional.empty();
            case Plan.Install(List<String> packages) ->
                throw new StepFailed(
                        DemoStep.TOOLS, "%s is installed, and pg_dump still not to be found".formatted(packages));
            case Plan.Ask(String command) ->
                throw new StepFailed(
                        DemoStep.TOOLS,
                        "there is no PostgreSQL server with a pg_dump of its version here%nHINT: %s"
                                .formatted(command));
        };
    }

    private static Plan look() {
        return plan(
                ServerBinaries.onThisMachine(),
                newestDump(),
                ServerBinaries.hasEmbedded() ? OptionalInt.of(ServerBinaries.EMBEDDED_MAJOR) : OptionalInt.empty(),
                onPath("apt-get"),
                "root".equals(System.getProperty("user.name")));
    }

    private static void install(List<String> packages, PrintStream out) {
        List<String> command = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        command.addAll(packages);
        out.println("PostgreSQL is missing: installing it");
        try {
            // the package would start a server for the whole machine, which nobody asked for
            boolean ours = !Files.exists(NO_CLUSTER);
            if (ours) {
                Files.createDirectories(NO_CLUSTER.getParent());
                Files.writeString(NO_CLUSTER, "create_main_cluster = false\n");
            }
            try {
                out.println("# " + String.join(" ", command));
                if (!run(command)) {
                    out.println("# apt-get update");
                    run(List.of("apt-get", "update"));
                    if (!run(command)) {
                        throw new StepFailed(
                                DemoStep.TOOLS,
                                "could not install %s%nHINT: run '%s' and see what it says"
                                        .formatted(packages, String.join(" ", command)));
                    }
                }
            } finally {
                if (ours) {
                    Files.deleteIfExists(NO_CLUSTER);
                }
            }
        } catch (IOException e) {
            throw new StepFailed(DemoStep.TOOLS, "cannot install %s: %s".formatted(packages, e.getMessage()), e);
        }
    }

    private static boolean run(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(new File("/dev/null"));
        builder.environment().putAll(Map.of("DEBIAN_FRONTEND", "noninteractive"));
        try {
            return builder.start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailed(DemoStep.TOOLS, "interrupted", e);
        }
    }

    private static OptionalInt newestDump() {
        Stream<Path> own = ServerBinaries.onThisMachine().stream()
                .map(server -> server.bin().resolve("pg_dump"));
        Stream<Path> path = path().map(folder -> folder.resolve("pg_dump"));
        return Stream.concat(own, path)
                .filter(Files::isExecutable)
                .flatMapToInt(dump -> major(dump).stream())
                .max();
    }

    private static OptionalInt major(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(answer);
            return version.find() ? OptionalInt.of(Integer.parseInt(version.group(1))) : OptionalInt.empty();
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    private static boolean onPath(String program) {
        return path().anyMatch(folder -> Files.isExecutable(folder.resolve(program)));
    }

    private static Stream<Path> path() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
    }
}
