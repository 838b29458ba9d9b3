package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Runs a command and says what it cost. Processor time and the largest process are those of GNU time, which asks the
 * kernel; the sum over all processes at once is sampled. The greater of the two is the peak.
 */
final class Meter {
    private static final long SAMPLE_MILLIS = 50;
    private static final int MOST_READINGS = 20;

    private final Path folder;
    private final DoubleSupplier serverSeconds;
    private volatile Optional<Process> running = Optional.empty();

    /**
     * @param folder for the output of the commands
     * @param serverSeconds the processor seconds that the server has used until now, NaN when it is not known
     */
    Meter(Path folder, DoubleSupplier serverSeconds) {
        this.folder = Trees.create(folder);
        this.serverSeconds = serverSeconds;
    }

    Cost measure(Command command) {
        Path usage = folder.resolve("usage");
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        try {
            // What was written before must reach the disk now, or this command would pay for it.
            Shell.run(Command.of(folder, Map.of(), "sync"));
            double serverBefore = settledServerSeconds();
            ProcessBuilder builder = command.under("/usr/bin/time", "-q", "-o", usage.toString(), "-f", "%U %S %M")
                    .builder()
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            long begun = System.nanoTime();
            Process process = builder.start();
            running = Optional.of(process);
            process.getOutputStream().close();
            long sampled = 0;
            while (!process.waitFor(SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
                sampled = Math.max(sampled, Processes.residentBytesBelow(process.toHandle()));
            }
            double wall = (System.nanoTime() - begun) / 1e9;
            if (process.exitValue() != 0) {
                throw new BenchFailure(Shell.failed(command, process.exitValue(), output, errors));
            }
            String[] used = Files.readString(usage).strip().split(" ", -1);
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            values.put(Metric.WALL, wall);
            values.put(Metric.CPU, Double.parseDouble(used[0]) + Double.parseDouble(used[1]));
            values.put(Metric.PEAK, Math.max((double) sampled, Double.parseDouble(used[2]) * 1024));
            double server = settledServerSeconds() - serverBefore;
            if (!Double.isNaN(server)) {
                values.put(Metric.SERVER, server);
            }
            return new Cost(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new BenchFailure("interrupted", e);
        }
    }

    /** A server process that just ended is counted by its parent a moment later: reads until nothing moves any more. */
    private double settledServerSeconds() throws InterruptedException {
        double last = serverSeconds.getAsDouble();
        for (int reading = 0; reading < MOST_READINGS; reading++) {
            Thread.sleep(SAMPLE_MILLIS);
            double now = serverSeconds.getAsDouble();
            if (Double.compare(now, last) == 0) {
                break;
            }
            last = now;
        }
        return last;
    }

    /** Ends the command that is being measured, if there is one. */
    void kill() {
        running.ifPresent(process -> {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        });
    }
}
