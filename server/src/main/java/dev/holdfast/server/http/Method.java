package dev.holdfast.server.http;

import io.javalin.http.HandlerType;
import java.util.Locale;

/** The methods that routes have. */
public enum Method {
    GET(HandlerType.GET),
    POST(HandlerType.POST),
    PUT(HandlerType.PUT),
    PATCH(HandlerType.PATCH),
    DELETE(HandlerType.DELETE);

    private final HandlerType handler;

    Method(HandlerType handler) {
        this.handler = handler;
    }

    HandlerType handler() {
        return handler;
    }

    /** As the contract writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
