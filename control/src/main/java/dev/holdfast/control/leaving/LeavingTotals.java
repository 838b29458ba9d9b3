package dev.holdfast.control.leaving;

/**
 * What an index counts.
 *
 * @param snapshots how many snapshots are in it
 * @param files how many files of them are there
 * @param bytes sum of the lengths of those
 * @param missing how many files are not there
 */
public record LeavingTotals(long snapshots, long files, long bytes, long missing) {
    static final LeavingTotals NONE = new LeavingTotals(0, 0, 0, 0);

    LeavingTotals plusSnapshot() {
        return new LeavingTotals(snapshots + 1, files, bytes, missing);
    }

    LeavingTotals plusFile(long length) {
        return new LeavingTotals(snapshots, files + 1, bytes + length, missing);
    }

    LeavingTotals plusMissing() {
        return new LeavingTotals(snapshots, files, bytes, missing + 1);
    }
}
