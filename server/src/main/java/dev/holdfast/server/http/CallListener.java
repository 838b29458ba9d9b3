package dev.holdfast.server.http;

import dev.holdfast.server.contract.Operation;

/** Hears of every call of a route after it was answered. */
@FunctionalInterface
public interface CallListener {
    /**
     * @param call who asked for what
     * @param status what was answered; for what is still being sent, how it began
     */
    void answered(Operation operation, Route route, Call call, int status);
}
