package dev.holdfast.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** What a route answers. */
public sealed interface Answer {
    /**
     * A document.
     *
     * @param value a record, written as JSON
     */
    record Json(int status, Object value, Headers headers) implements Answer {}

    /**
     * A short text of any kind.
     *
     * @param type with its character set
     */
    record Text(int status, String type, byte[] bytes, Headers headers) implements Answer {}

    /** Nothing but a status. */
    record Empty(int status, Headers headers) implements Answer {}

    /**
     * A file that is written while it is made. If that fails, the connection is cut, so that nobody takes a part for the whole.
     *
     * @param name what the file would be called
     */
    record Download(String name, String type, Writing writing) implements Answer {}

    /** Events as they happen, until the client or the server ends. */
    record Live(LiveSource source) implements Answer {}

    /** Writes a body. */
    @FunctionalInterface
    interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /** Names and values, in order; a name may come twice. */
    record Headers(List<Map.Entry<String, String>> fields) {
        public static final Headers NONE = new Headers(List.of());

        public Headers {
            fields = List.copyOf(fields);
        }

        public static Headers of(String name, String value) {
            return new Headers(List.of(Map.entry(name, value)));
        }

        public static Headers cookies(List<String> cookies) {
            return new Headers(cookies.stream()
                    .map(cookie -> Map.entry("Set-Cookie", cookie))
                    .toList());
        }
    }

    static Answer ok(Object value) {
        return new Json(200, value, Headers.NONE);
    }

    /** Made, and where it is. */
    static Answer created(String location, Object value) {
        return new Json(201, value, Headers.of("Location", location));
    }

    /** Begun, and where to see how it goes. */
    static Answer accepted(String location, Object value) {
        return new Json(202, value, Headers.of("Location", location));
    }

    static Answer done() {
        return new Empty(204, Headers.NONE);
    }
}
