package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A running S3 server of our own on loopback.
 *
 * @param kind what it is, for the reader
 * @param pids its processes
 */
record S3Server(String kind, String endpoint, String accessKey, String secretKey, List<Long> pids) {
    private static final String SOURCE = "bench/src/main/java/dev/holdfast/bench/S3Process.java";
    private static final String GATEWAY = "it/servers/ceph-rgw";

    S3Server {
        pids = List.copyOf(pids);
    }

    static S3Server start(Options.S3Kind kind, Path folder, Path checkout, Ending ending) {
        return switch (kind) {
            case STAND -> stand(folder, checkout, ending);
            case RGW -> gateway(folder, checkout, ending);
        };
    }

    private static S3Server stand(Path folder, Path checkout, Ending ending) {
        ProcessBuilder builder = Command.of(
                        checkout,
                        Map.of(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        checkout.resolve(SOURCE).toString(),
                        Trees.create(folder).toString())
                .builder()
                .redirectError(folder.resolveSibling("s3.log").toFile());
        try {
            Process process = builder.start();
            ending.add(() -> end(process));
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = said.readLine();
            if (line == null) {
                throw new BenchFailure(
                        "the S3 server did not start:\n" + Files.readString(folder.resolveSibling("s3.log")));
            }
            String[] words = line.split(" ", -1);
            return new S3Server("S3Proxy of the demo", words[0], words[1], words[2], List.of(process.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        try {
            process.getOutputStream().close();
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static S3Server gateway(Path folder, Path checkout, Ending ending) {
        String script = checkout.resolve(GATEWAY).toString();
        Map<String, String> environment = Map.of("HOLDFAST_RGW_FOLDER", folder.toString());
        ending.add(() -> {
            if (Files.exists(folder)) {
                Shell.run(Command.of(checkout, environment, script, "down"));
            }
        });
        String settings = Shell.read(Command.of(checkout, environment, script, "up"));
        try (Stream<Path> run = Files.list(folder.resolve("run"))) {
            List<Long> pids = run.filter(file -> file.toString().endsWith(".pid"))
                    .map(S3Server::pid)
                    .toList();
            return new S3Server(
                    "Ceph gateway",
                    setting(settings, "ENDPOINT"),
                    setting(settings, "ACCESS_KEY"),
                    setting(settings, "SECRET_KEY"),
                    pids);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long pid(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String setting(String settings, String name) {
        return settings.lines()
                .filter(line -> line.startsWith("export HOLDFAST_IT_S3_" + name + "="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .findFirst()
                .orElseThrow(() -> new BenchFailure("the gateway did not tell its " + name));
    }

    double cpuSeconds() {
        return pids.stream().mapToDouble(Processes::cpuSeconds).sum();
    }
}
