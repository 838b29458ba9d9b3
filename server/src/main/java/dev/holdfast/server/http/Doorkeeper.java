package dev.holdfast.server.http;

import dev.holdfast.control.access.Principal;
import java.util.Map;
import java.util.Optional;

/** Decides who asks. */
public interface Doorkeeper {
    /**
     * What somebody shows.
     *
     * @param method in upper case
     * @param headers by their names in lower case
     * @param cookies by their names
     * @param address where it comes from
     * @param secure whether it came encrypted
     */
    record Visit(
            String method,
            String path,
            Map<String, String> headers,
            Map<String, String> cookies,
            String address,
            boolean secure) {
        public Visit {
            headers = Map.copyOf(headers);
            cookies = Map.copyOf(cookies);
        }

        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }
    }

    /**
     * @throws dev.holdfast.engine.error.HoldfastException (NOT_SIGNED_IN, FORBIDDEN or TOO_MANY_REQUESTS) if nobody gets in with that
     */
    Principal admit(Visit visit);

    /** Whether somebody may read the metrics without being anybody. */
    boolean watches(Visit visit);
}
