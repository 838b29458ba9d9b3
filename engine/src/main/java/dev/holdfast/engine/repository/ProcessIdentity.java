package dev.holdfast.engine.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which process, so exactly that its death can be proved: the boot of the machine and the process namespace it runs in, its
 * number there, and when it started (a number may be used again).
 *
 * @param machine boot and namespace; empty where the system does not tell
 * @param pid number of the process
 * @param started when it started, as {@link ProcessBegin} tells it; empty where the system does not
 */
public record ProcessIdentity(String machine, long pid, String started) {
    public static ProcessIdentity own() {
        ProcessHandle self = ProcessHandle.current();
        return new ProcessIdentity(machineIdentity(), self.pid(), ProcessBegin.of(self));
    }

    /** Whether the process is known to have ended. False if it lives, and false if nobody here can know. */
    public boolean provablyDead() {
        if (machine.isEmpty() || started.isEmpty() || !machine.equals(machineIdentity())) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty() || !process.get().isAlive()) {
            return othersAreSeen();
        }
        String now = ProcessBegin.of(process.get());
        return !now.isEmpty() && !now.equals(started);
    }

    /** Where processes of others are hidden (hidepid, see proc(5)), a number that is not there says nothing. */
    private static boolean othersAreSeen() {
        return Files.exists(Path.of("/proc/1/stat"));
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
