package dev.holdfast.server.http;

import io.javalin.http.HandlerType;
import java.util.Locale;

/** The methods that routes have. */
public enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE;

    HandlerType handler() {
        return switch (this) {
            case GET -> HandlerType.GET;
            case POST -> HandlerType.POST;
            case PUT -> HandlerType.PUT;
            case PATCH -> HandlerType.PATCH;
            case DELETE -> HandlerType.DELETE;
        };
    }

    /** As the contract writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
