package dev.holdfast.engine.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * When a process began, told so that the same process is known again and no other is taken for it: after a restart of the machine,
 * and when its clock was put right meanwhile. The moment that the system computes from the clock moves with it.
 */
public final class ProcessBegin {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Of the fields behind the name, which may have spaces and parentheses itself: see proc(5). */
    private static final int START_TICKS = 19;

    private ProcessBegin() {}

    /** Empty if the system does not tell, or the process has ended. */
    public static String of(ProcessHandle process) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] behindName =
                    status.substring(status.lastIndexOf(')') + 1).strip().split(" ");
            return Files.readString(BOOT).strip() + " " + behindName[START_TICKS];
        } catch (IOException e) {
            // no such file system, or no such process any more
            return process.info().startInstant().map(Instant::toString).orElse("");
        }
    }
}
