package dev.holdfast.control.channel;

import java.util.Locale;

/** Where a channel of the server was described. */
public enum ChannelOrigin {
    FILE,
    ENVIRONMENT,
    /** In the catalog; only such a channel can be changed while the server runs. */
    STORED;

    /** As people see it, for example {@code file}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
