package dev.holdfast.server.http;

import dev.holdfast.control.access.Principal;
import dev.holdfast.server.auth.WebRequest;

/** Decides who asks. */
public interface Doorkeeper {
    /**
     * @throws dev.holdfast.engine.error.HoldfastException (NOT_SIGNED_IN, FORBIDDEN or TOO_MANY_REQUESTS) if nobody gets in with that
     */
    Principal admit(WebRequest request);

    /** Whether somebody may read the metrics without being anybody. */
    boolean watches(WebRequest request);
}
