package dev.holdfast.connectors.postgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Large objects of a session's snapshot, in the order of their oids, in constant memory. */
final class LargeObjects {
    private static final int PAGE = 64;
    private static final int FIRST_BYTES = 64 * 1024;
    private static final int NEXT_BYTES = 1024 * 1024;

    private final Session session;
    private final List<First> page = new ArrayList<>();
    private int at;
    private long last;
    private boolean ended;

    LargeObjects(Session session) {
        this.session = session;
    }

    /** A large object, its bytes read as needed from the session. */
    record LargeObject(long oid, InputStream content) {}

    private record First(long oid, byte[] bytes) {}

    /** The next one, or null after the last; what the one before had open is no longer valid. */
    @Nullable
    LargeObject next() throws SQLException {
        if (at == page.size() && !ended) {
            fetch();
        }
        if (at == page.size()) {
            return null;
        }
        First first = page.get(at++);
        return new LargeObject(first.oid(), new Content(first));
    }

    private void fetch() throws SQLException {
        page.clear();
        at = 0;
        session.eachBinary(
                """
                SELECT m.oid, pg_catalog.lo_get(m.oid, 0, ?) FROM (
                  SELECT oid FROM pg_catalog.pg_largeobject_metadata WHERE oid > ?::int8::oid ORDER BY oid LIMIT ?) m
                ORDER BY m.oid""",
                row -> page.add(new First(row.getLong(1), Objects.requireNonNull(row.getBytes(2)))),
                FIRST_BYTES,
                last,
                PAGE);
        ended = page.size() < PAGE;
        if (!page.isEmpty()) {
            last = page.getLast().oid();
        }
    }

    static long count(Session session) throws SQLException {
        return Long.parseLong(session.text("SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata"));
    }

    private final class Content extends InputStream {
        private final long oid;
        private ByteArrayInputStream piece;
        private long offset;
        private boolean complete;

        Content(First first) {
            oid = first.oid();
            take(first.bytes(), FIRST_BYTES);
        }

        private void take(byte[] bytes, int asked) {
            piece = new ByteArrayInputStream(bytes);
            offset += bytes.length;
            complete = bytes.length < asked;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = piece.read(bytes, from, length);
            if (n >= 0 || complete) {
                return n;
            }
            try {
                session.eachBinary(
                        "SELECT pg_catalog.lo_get(?::int8::oid, ?, ?)",
                        row -> {
                            take(Objects.requireNonNull(row.getBytes(1)), NEXT_BYTES);
                            return oid;
                        },
                        oid,
                        offset,
                        NEXT_BYTES);
            } catch (SQLException e) {
                throw new IOException(e);
            }
            return piece.read(bytes, from, length);
        }
    }
}
