package dev.holdfast.server.http;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import io.javalin.http.HttpResponseException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each failure looks like outside. What nobody expected is logged under a number, and only the number is told. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Failures() {}

    static Problem of(Throwable failure) {
        return switch (failure) {
            case HoldfastException e when e.code() == ErrorCode.INTERNAL -> unexpected(e);
            case HoldfastException e -> Problem.of(e);
            case RequestReader.Misfits e ->
                Problem.of(
                        Status.BAD_REQUEST,
                        ErrorCode.USAGE,
                        String.valueOf(e.getMessage()),
                        "/api/docs shows what is expected.",
                        e.places());
            case HttpResponseException e -> ofStatus(e.getStatus());
            default -> unexpected(failure);
        };
    }

    /** The status alone; nothing is logged. */
    static int statusOf(Throwable failure) {
        return switch (failure) {
            case HoldfastException e -> Status.of(e.code());
            case RequestReader.Misfits _ -> Status.BAD_REQUEST;
            case HttpResponseException e -> e.getStatus();
            default -> Status.INTERNAL;
        };
    }

    /** What the web server itself refuses. */
    static Problem ofStatus(int status) {
        return switch (status) {
            case 404 ->
                Problem.of(
                        status,
                        ErrorCode.UNKNOWN_NAME,
                        "there is nothing at this address",
                        "/api/docs lists what there is.");
            case 405 ->
                Problem.of(
                        status, ErrorCode.USAGE, "this address has no such method", "/api/docs lists what there is.");
            case 413 -> Problem.of(status, ErrorCode.USAGE, "the body is too large", "");
            case 414, 431 -> Problem.of(status, ErrorCode.USAGE, "the address or the headers are too large", "");
            case 503 -> Problem.of(status, ErrorCode.SERVER_UNAVAILABLE, "the server is busy or ends", "try again.");
            default ->
                status >= 500
                        ? Problem.of(status, ErrorCode.INTERNAL, "the server failed", "look into its log.")
                        : Problem.of(status, ErrorCode.USAGE, "the request cannot be understood", "");
        };
    }

    private static Problem unexpected(Throwable failure) {
        byte[] number = new byte[6];
        RANDOM.nextBytes(number);
        String shown = HexFormat.of().formatHex(number);
        LOG.error("a call failed failure={}", shown, failure);
        return Problem.of(
                Status.INTERNAL,
                ErrorCode.INTERNAL,
                "this is a fault of Holdfast, number " + shown,
                "the server's log says more under this number.");
    }
}
