package dev.holdfast.control.notify;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Which digests were made. */
final class DigestTable {
    /** What is to be done about a digest. */
    enum Turn {
        /** It was made. */
        MADE,
        /** It is to be made. */
        OPEN,
        /** This digest is new here: what was due before it is let go. */
        FIRST
    }

    Turn turn(Handle handle, String scope, Instant due) {
        if (count(handle, scope, due) > 0) {
            return Turn.MADE;
        }
        return count(handle, scope, Instant.EPOCH) > 0 ? Turn.OPEN : Turn.FIRST;
    }

    /** Notes that a digest is made; false if another server did. */
    boolean record(Handle handle, String scope, Instant due) {
        return handle.createUpdate(
                                "INSERT INTO notify_digest (scope, due) VALUES (:scope, :due) ON CONFLICT DO NOTHING")
                        .bind("scope", scope)
                        .bind("due", due.toEpochMilli())
                        .execute()
                == 1;
    }

    private static long count(Handle handle, String scope, Instant since) {
        return handle.createQuery("SELECT COUNT(*) FROM notify_digest WHERE scope = :scope AND due >= :since")
                .bind("scope", scope)
                .bind("since", since.toEpochMilli())
                .mapTo(Long.class)
                .one();
    }

    /** Forgets those of a time that has not come: the clock was ahead once, and nothing would be made until then. */
    void forgetFuture(Handle handle, Instant now) {
        handle.execute("DELETE FROM notify_digest WHERE due > ?", now.toEpochMilli());
    }

    /** Forgets old ones, but the last of each. */
    void tidy(Handle handle, Instant before) {
        handle.createUpdate("""
                        DELETE FROM notify_digest WHERE due < :time AND EXISTS (
                            SELECT 1 FROM notify_digest o WHERE o.scope = notify_digest.scope AND o.due > notify_digest.due)""").bind("time", before.toEpochMilli()).execute();
    }
}
