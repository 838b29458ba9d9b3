package dev.holdfast.control.notify;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a message is about; routes choose by it. */
public enum NoticeKind {
    /** A run failed, and is not tried again. */
    FAILURE,
    /** A run did its work, but somebody should look at it. */
    ATTENTION,
    /** A run did its work. */
    SUCCESS,
    /** A run that was due was not started in time. */
    MISSED,
    /** A run is due and has not ended yet. */
    LATE,
    /** An incident is over. */
    RECOVERED,
    /** A destination does not hold what the others hold. */
    COPY_BEHIND,
    /** What is stored passed its limit. */
    STORAGE_ABOVE_LIMIT,
    /** A database, a table, a bucket or a directory suddenly has much less in it. */
    SHRANK,
    /** A certificate or a key is about to end. */
    EXPIRING,
    /** Retention or prune fail. */
    CLEAN_UP_FAILING,
    /** The summary of a day or a week; sent to the digest's own channels. */
    DIGEST,
    /** Somebody tries a channel. */
    TEST;

    /** What is told when nothing is chosen: everything but success; digest and test have ways of their own. */
    public static final Set<NoticeKind> USUAL =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(SUCCESS, DIGEST, TEST)));

    /** The name in the stack file and the API, for example {@code copy-behind}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind with a label. */
    public static Optional<NoticeKind> labelled(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst();
    }
}
