package dev.holdfast.control.notify;

import java.util.Locale;

/** How much a message matters: colours, priorities and sounds of channels follow it. */
public enum Urgency {
    /** Good to know. */
    GOOD,
    /** Somebody should look at it within days. */
    WARNING,
    /** Something is not protected. */
    URGENT;

    /** In messages to machines. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
