package dev.holdfast.cli.service;

import dev.holdfast.control.run.Ticker;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks again for a while what does not answer yet.
 *
 * @param limit how long
 * @param ticker waits
 * @param ended whether somebody wants it to end at once
 */
record Patience(Duration limit, Ticker ticker, BooleanSupplier ended) {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    Patience(Duration limit, Ticker ticker) {
        this(limit, ticker, () -> false);
    }

    /**
     * @param told hears of each new reason to wait
     * @throws Unavailable if it still does not answer when patience is over
     * @throws Cancelled if somebody ended the waiting
     */
    <T> T until(Supplier<T> question, Consumer<Unavailable> told) {
        Duration giveUp = ticker.elapsed().plus(limit);
        String reason = "";
        while (true) {
            try {
                return question.get();
            } catch (Unavailable e) {
                if (ticker.elapsed().compareTo(giveUp) >= 0) {
                    throw e;
                }
                String message = String.valueOf(e.getMessage());
                if (!message.equals(reason)) {
                    told.accept(e);
                    reason = message;
                }
                pause(e);
            }
        }
    }

    private void pause(Unavailable reason) {
        try {
            ticker.pause(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(reason);
        }
        if (ended.getAsBoolean()) {
            throw cancelled(reason);
        }
    }

    private static Cancelled cancelled(Unavailable reason) {
        return new Cancelled(ErrorCode.CANCELLED, "cancelled while waiting: " + reason.getMessage(), "", reason);
    }
}
