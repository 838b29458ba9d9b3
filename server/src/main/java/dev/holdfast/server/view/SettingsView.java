package dev.holdfast.server.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The settings in force: how this server was started, and what may change while it runs. */
public record SettingsView(
        String version,
        String server,
        String bind,
        int port,
        boolean tls,
        Optional<Instant> certificateEnds,
        String catalog,
        String metrics,
        LimitsView limits,
        List<SettingView> values) {
    /** What the server bears. */
    public record LimitsView(int bodyBytes, int eventClients) {}

    /**
     * What may change.
     *
     * @param value a number or a text; empty if it is not set
     * @param source {@code environment}, {@code stored} or {@code default}
     * @param variable what sets it where a server is started
     * @param restart whether this server has to be started again before all of it holds
     */
    public record SettingView(String name, Optional<JsonNode> value, String source, String variable, boolean restart) {}
}
