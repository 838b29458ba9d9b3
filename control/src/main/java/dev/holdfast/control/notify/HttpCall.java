package dev.holdfast.control.notify;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A call to make. It may have secrets in it, so its text shows only where it goes.
 *
 * @param headers names and values
 * @param contentType of the body
 * @param body empty for a call without one, which is a GET
 */
record HttpCall(ChannelUrl url, Map<String, String> headers, String contentType, Optional<String> body) {
    static HttpCall json(ChannelUrl url, String body) {
        return new HttpCall(url, Map.of(), "application/json", Optional.of(body));
    }

    static HttpCall text(ChannelUrl url, String body) {
        return new HttpCall(url, Map.of(), "text/plain", Optional.of(body));
    }

    static HttpCall get(ChannelUrl url) {
        return new HttpCall(url, Map.of(), "", Optional.empty());
    }

    HttpCall with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new HttpCall(url, more, contentType, body);
    }

    @Override
    public String toString() {
        return "HttpCall[" + url.shown() + "]";
    }
}
