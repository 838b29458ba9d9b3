package dev.holdfast.control.export;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.ExportFile;

/**
 * What the files of a tree are, learnt when its part is read for the first time, and compared when it is read again. Safe for many
 * threads.
 */
final class TreeSurvey {
    private final KeySet keys = new KeySet();
    private long bytes;

    /** Writes a file down. */
    synchronized void add(TreeFile file, ExportFile list) {
        byte[] line = file.line();
        list.write(line, 0, line.length);
        keys.add(file.key());
        bytes += file.bytes();
    }

    /**
     * Looks whether a file came out as before.
     *
     * @throws Damaged if it did not
     */
    synchronized void require(TreeFile file) {
        if (!keys.mark(file.key())) {
            throw otherwise("'" + file.name() + "' came out otherwise");
        }
    }

    /**
     * Looks whether all came again.
     *
     * @throws Damaged if not
     */
    synchronized void requireAll() {
        if (keys.unseen() > 0) {
            throw otherwise(keys.unseen() + " files did not come again");
        }
    }

    private static Damaged otherwise(String what) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "a tree was read twice, once for the list of its files, and " + what + " the second time",
                "run 'holdfast check'; a snapshot never changes.");
    }

    synchronized long files() {
        return keys.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
