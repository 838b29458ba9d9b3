package dev.holdfast.server.http;

import dev.holdfast.server.contract.Operation;

/** Hears of every call of a route whose credential was good. What it throws is answered in place of the answer. */
public interface CallListener {
    /** It was done, or begun; what is streamed has not been sent yet. */
    void answered(Operation operation, Route route, Call call);

    /**
     * It was not done.
     *
     * @param status of the answer
     */
    void refused(Operation operation, Route route, Call call, int status);
}
