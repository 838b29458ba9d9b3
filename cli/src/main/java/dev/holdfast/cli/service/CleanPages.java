package dev.holdfast.cli.service;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages of files that this process has mapped, only reads and has never changed: classes of the AOT cache, code of the Java machine.
 * The kernel keeps them resident as long as there is room, although a server that waits for the night needs few of them. They
 * can be let go at any moment: whoever touches one again gets it from the page cache, or from the file. Source: madvise(2),
 * MADV_DONTNEED; proc_pid_smaps(5).
 */
@SuppressWarnings("restricted")
final class CleanPages {
    private static final Path MAPS = Path.of("/proc/self/smaps");
    private static final int DONT_NEED = 4;

    /** Otherwise one byte that is read brings 2 MiB back. */
    private static final int NO_HUGE_PAGES = 15;

    private static final long WORTH_BYTES = 1 << 20;
    private static final Pattern BEGIN =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \\d+\\s*(.*)");
    private static final Pattern FIGURE = Pattern.compile("(\\w+):\\s+(\\d+) kB");

    private CleanPages() {}

    /**
     * A mapping that can be let go.
     *
     * @param residentBytes how much of it is in memory
     */
    record Mapping(long address, long bytes, long residentBytes, String file) {}

    /**
     * Lets go of all of them; does nothing where the system is not Linux.
     *
     * @return how many bytes were resident in what was let go
     * @throws IOException if the system does not tell what is mapped
     * @throws IllegalStateException if the system's library has no such call, or this Java machine may not make it
     */
    static long release() throws IOException {
        if (!Files.isReadable(MAPS)) {
            return 0;
        }
        List<Mapping> mappings = among(Files.readAllLines(MAPS));
        mappings.forEach(CleanPages::letGo);
        return mappings.stream().mapToLong(Mapping::residentBytes).sum();
    }

    private static void letGo(Mapping mapping) {
        MemorySegment begin = MemorySegment.ofAddress(mapping.address());
        try {
            // advices: what they answer changes nothing
            int _ = (int) Call.MADVISE.invokeExact(begin, mapping.bytes(), NO_HUGE_PAGES);
            int _ = (int) Call.MADVISE.invokeExact(begin, mapping.bytes(), DONT_NEED);
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called", e);
        }
    }

    /** Found when it is needed first, and only where the system is Linux. */
    private static final class Call {
        static final MethodHandle MADVISE = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("madvise"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
    }

    /**
     * Those worth it. One with a single page of its own is left alone: that page would be lost.
     *
     * @param lines of smaps
     */
    static List<Mapping> among(List<String> lines) {
        List<Mapping> found = new ArrayList<>();
        Matcher mapping = BEGIN.matcher("");
        long resident = 0;
        for (String line : lines) {
            Matcher begin = BEGIN.matcher(line);
            if (begin.matches()) {
                mapping = begin;
                resident = 0;
                continue;
            }
            Matcher figure = FIGURE.matcher(line);
            if (!figure.matches() || !isOfFileAndReadOnly(mapping)) {
                continue;
            }
            long bytes = Long.parseLong(figure.group(2)) << 10;
            if (figure.group(1).equals("Rss")) {
                resident = bytes;
            } else if (figure.group(1).equals("Anonymous") && bytes == 0 && resident >= WORTH_BYTES) {
                long address = Long.parseUnsignedLong(mapping.group(1), 16);
                long end = Long.parseUnsignedLong(mapping.group(2), 16);
                found.add(new Mapping(address, end - address, resident, mapping.group(4)));
            }
        }
        return found;
    }

    private static boolean isOfFileAndReadOnly(Matcher mapping) {
        return mapping.hasMatch()
                && mapping.group(4).startsWith("/")
                && (mapping.group(3).equals("r--p") || mapping.group(3).equals("r-xp"));
    }
}
