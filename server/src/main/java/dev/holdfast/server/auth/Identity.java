package dev.holdfast.server.auth;

import dev.holdfast.control.access.Principal;
import dev.holdfast.engine.error.ErrorCode;

/** Who asks, as far as a request shows it. */
public sealed interface Identity {
    /** Somebody we know. */
    record Known(Principal principal) implements Identity {}

    /** The request shows no credential. */
    record Nobody() implements Identity {}

    /**
     * The request shows a credential that does not count, or comes from where it may not. It must not be treated as nobody's.
     *
     * @param code NOT_SIGNED_IN (to answer 401) or FORBIDDEN (to answer 403)
     * @param message what is wrong, without saying which part of a credential
     */
    record Refused(ErrorCode code, String message, String hint) implements Identity {
        static final Refused CREDENTIAL = new Refused(
                ErrorCode.NOT_SIGNED_IN,
                "the credential is unknown or has ended",
                "sign in again, or make a new token.");
    }
}
