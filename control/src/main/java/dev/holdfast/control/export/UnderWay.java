package dev.holdfast.control.export;

import dev.holdfast.engine.repository.ProcessIdentity;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The exports that this process is writing. Safe for many threads. */
final class UnderWay {
    private static final Set<ExportId> EXPORTS = ConcurrentHashMap.newKeySet();

    private UnderWay() {}

    static void begun(ExportId export) {
        EXPORTS.add(export);
    }

    static void ended(ExportId export) {
        EXPORTS.remove(export);
    }

    /** Whether it is certain that nobody writes it any more. False if that cannot be known here. */
    static boolean isOver(LedgerEntry entry) {
        return entry.writer()
                .map(writer -> writer.equals(ProcessIdentity.own())
                        ? !writer.machine().isEmpty() && !EXPORTS.contains(entry.id())
                        : writer.provablyDead())
                .orElse(false);
    }
}
