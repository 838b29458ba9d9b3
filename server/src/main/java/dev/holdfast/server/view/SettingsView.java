package dev.holdfast.server.view;

import java.time.Instant;
import java.util.Optional;

/** The settings in force. */
public record SettingsView(
        String version,
        String server,
        String bind,
        int port,
        boolean tls,
        Optional<Instant> certificateEnds,
        String catalog,
        String metrics,
        LimitsView limits) {
    /** What the server bears. */
    public record LimitsView(int bodyBytes, int eventClients) {}
}
