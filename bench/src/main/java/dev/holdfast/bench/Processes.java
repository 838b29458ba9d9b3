package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux tells of running processes; one that has ended meanwhile counts as nothing. */
final class Processes {
    /** The clock of {@code /proc}, 100 on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final long PAGE_BYTES = 4096;

    private Processes() {}

    /** Processor seconds of a process, its ended children and its running descendants. */
    static double cpuSeconds(long pid) {
        return family(pid).mapToDouble(Processes::ownCpuSeconds).sum();
    }

    /** Memory resident now in the descendants of a process. */
    static long residentBytesBelow(ProcessHandle process) {
        return process.descendants()
                .mapToLong(child -> residentBytes(child.pid()))
                .sum();
    }

    private static Stream<Long> family(long pid) {
        return Stream.concat(
                Stream.of(pid),
                ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::descendants)
                        .map(ProcessHandle::pid));
    }

    private static double ownCpuSeconds(long pid) {
        String stat = read(pid, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length < 15) {
            return 0;
        }
        // user, system, and both again for the children that were waited for: fields 14 to 17 of proc(5)
        long ticks = 0;
        for (int field = 11; field <= 14; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long residentBytes(long pid) {
        String[] fields = read(pid, "statm").split(" ", -1);
        return fields.length < 2 ? 0 : Long.parseLong(fields[1]) * PAGE_BYTES;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException ended) {
            return "";
        }
    }
}
