package dev.holdfast.bench;

/** What is measured of a command; for each of them less is better. */
enum Metric {
    /** Seconds from start to end. */
    WALL("wall", "wall s", 1),
    /** Processor seconds, user and system, of the process and every descendant it waited for. */
    CPU("cpu", "cpu s", 1),
    /** Processor seconds that the command caused in the database or the object store. */
    SERVER("server-cpu", "server s", 1),
    /** The most memory resident at once in the process and its descendants together, in bytes. */
    PEAK("peak", "peak MB", 1e6),
    /** Bytes on disk after the command that were not there before it. */
    STORED("stored", "stored MB", 1e6);

    final String key;
    final String heading;
    final double unit;

    Metric(String key, String heading, double unit) {
        this.key = key;
        this.heading = heading;
        this.unit = unit;
    }
}
