package dev.holdfast.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.util.List;

/**
 * What went wrong, as RFC 9457 writes it.
 *
 * @param type names the situation: {@code urn:holdfast:error:wrong-key}
 * @param title the situation in words
 * @param status as in the status line
 * @param detail what happened to what
 * @param code the name of the situation, as on the command line
 * @param number its number, as an exit code
 * @param hint what to do; empty where the detail says it all
 * @param errors each place of the request that does not fit
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String code,
        int number,
        String hint,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Misfit> errors) {
    static final String TYPE = "application/problem+json";

    public Problem {
        errors = List.copyOf(errors);
    }

    /**
     * @param at where in the request: a parameter's name, or a path into the body such as {@code /places/media}
     * @param message what does not fit
     */
    public record Misfit(String at, String message) {}

    static Problem of(HoldfastException failure) {
        return of(Status.of(failure.code()), failure.code(), failure.getMessage(), failure.hint());
    }

    static Problem of(int status, ErrorCode code, String detail, String hint) {
        return of(status, code, detail, hint, List.of());
    }

    static Problem of(int status, ErrorCode code, String detail, String hint, List<Misfit> errors) {
        return new Problem(
                "urn:holdfast:error:" + code.label(),
                code.label().replace('-', ' '),
                status,
                detail,
                code.label(),
                code.number(),
                hint,
                errors);
    }
}
