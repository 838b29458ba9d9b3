package dev.holdfast.server.view;

import java.util.Map;

/** Whether the server can do its work, and what of it. */
public record HealthView(String status, Map<String, String> checks) {
    public static final String UP = "up";
    public static final String DOWN = "down";

    public boolean isUp() {
        return status.equals(UP);
    }
}
