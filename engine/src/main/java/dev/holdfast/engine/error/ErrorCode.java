package dev.holdfast.engine.error;

import java.util.Locale;

/**
 * Every situation that ends an operation, with the number that is its exit code and its problem type. A number is never
 * used for a second meaning; a code that is no longer raised keeps its number.
 */
public enum ErrorCode {
    /** The command line cannot be understood. */
    USAGE(2),
    /** The operation did its work, but something needs attention: a destination is behind, a file changed while read. */
    FINDINGS(3),

    CONFIGURATION_INVALID(10),
    CONFIGURATION_MISSING(11),
    SECRET_MISSING(12),

    REPOSITORY_MISSING(20),
    WRONG_KEY(21),
    REPOSITORY_EXISTS(22),
    REPOSITORY_TOO_NEW(23),
    DAMAGED(24),
    REPOSITORY_BUSY(25),
    SNAPSHOT_MISSING(26),
    PART_MISSING(27),
    SESSION_FENCED(28),

    STORE_UNAVAILABLE(30),
    STORE_ACCESS_DENIED(31),
    STORE_FULL(32),
    STORE_UNSUITABLE(33),
    STORE_OBJECT_MISSING(34),
    STORE_OBJECT_EXISTS(35),

    DATABASE_UNAVAILABLE(40),
    DATABASE_ACCESS_DENIED(41),
    DATABASE_MISSING(42),
    DATABASE_TOOL_MISSING(43),
    DATABASE_TOOL_TOO_OLD(44),
    TABLE_UNREADABLE(45),
    TABLE_CHANGED(46),
    DATABASE_EXISTS(47),
    DATABASE_DUMP_FAILED(48),
    DATABASE_RESTORE_FAILED(49),

    BUCKET_MISSING(50),
    BUCKET_ACCESS_DENIED(51),
    BUCKET_UNAVAILABLE(52),
    BUCKET_NOT_EMPTY(53),
    OBJECT_UNREADABLE(54),

    FILE_UNREADABLE(60),
    DIRECTORY_MISSING(61),
    DIRECTORY_NOT_EMPTY(62),
    FILE_UNWRITABLE(63),

    DIFFERENT(70),
    CHECK_FAILED(71),

    CATALOG_UNAVAILABLE(75),
    SERVER_UNAVAILABLE(76),
    NOT_SIGNED_IN(77),
    FORBIDDEN(78),
    TOO_MANY_REQUESTS(79),

    CANCELLED(80),
    NOT_CONFIRMED(81),
    RUN_MISSED(82),
    RUN_ABANDONED(83),
    RUN_STALLED(84),
    HOOK_FAILED(85),
    NOTIFICATION_FAILED(86),
    UNKNOWN_NAME(87),
    CONFLICT(88),

    INTERNAL(99);

    private final int number;

    ErrorCode(int number) {
        this.number = number;
    }

    /** The exit code, 1 to 125. */
    public int number() {
        return number;
    }

    /** The name as users see it, for example {@code wrong-key}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
