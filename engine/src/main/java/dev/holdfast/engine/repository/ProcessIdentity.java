package dev.holdfast.engine.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Which process, so exactly that its death can be proved: the boot of the machine and the process namespace it runs in, its
 * number there, and when it started (a number may be used again).
 *
 * @param machine boot and namespace; empty where the system does not tell
 * @param pid number of the process
 * @param started when it started, as the system tells it; empty where it does not
 */
record ProcessIdentity(String machine, long pid, String started) {
    static ProcessIdentity own() {
        ProcessHandle self = ProcessHandle.current();
        return new ProcessIdentity(machineIdentity(), self.pid(), started(self));
    }

    /** Whether the process is known to have ended. False if it lives, and false if nobody here can know. */
    boolean provablyDead() {
        if (machine.isEmpty() || started.isEmpty() || !machine.equals(machineIdentity())) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        return process.isEmpty()
                || !process.get().isAlive()
                || !started(process.get()).equals(started);
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }

    private static String machineIdentity() {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            return boot + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
