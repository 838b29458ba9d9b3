package dev.holdfast.control.settings;

import dev.holdfast.control.run.RunLimits;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be set. */
public enum Setting {
    /** Under which URL people reach the service; not set, if they reach it directly. */
    PUBLIC_URL("publicUrl", "HOLDFAST_PUBLIC_URL", Form.URL, 0, 0, Optional.empty()),
    /** How many runs each server carries out at once. */
    RUNS_AT_ONCE("runsAtOnce", "HOLDFAST_RUNS_AT_ONCE", Form.NUMBER, 1, 64, number(RunLimits.USUAL.atOnce())),
    /** How long the catalog knows runs that have ended. */
    KEEP_RUNS_DAYS(
            "keepRunsDays",
            "HOLDFAST_KEEP_RUNS_DAYS",
            Form.NUMBER,
            7,
            3650,
            number(RunLimits.USUAL.keepRuns().toDays())),
    /** How long the logs of runs are kept. */
    KEEP_LOGS_DAYS(
            "keepLogsDays",
            "HOLDFAST_KEEP_LOGS_DAYS",
            Form.NUMBER,
            7,
            3650,
            number(RunLimits.USUAL.keepLogs().toDays())),
    /** How long entries of the audit trail are kept. */
    KEEP_AUDIT_DAYS("keepAuditDays", "HOLDFAST_KEEP_AUDIT_DAYS", Form.NUMBER, 90, 36_500, number(1100)),
    /** How long a download link may last at most; with 0 there are none. */
    DOWNLOAD_LINK_HOURS("downloadLinkHours", "HOLDFAST_DOWNLOAD_LINK_HOURS", Form.NUMBER, 0, 168, number(168));

    private final String label;
    private final String variable;
    private final Form form;
    private final int least;
    private final int most;
    private final Optional<String> usual;

    /** What values are like. */
    public enum Form {
        /** A whole number within bounds, both included. */
        NUMBER,
        /** An http or https URL without a slash at its end. */
        URL
    }

    Setting(String label, String variable, Form form, int least, int most, Optional<String> usual) {
        this.label = label;
        this.variable = variable;
        this.form = form;
        this.least = least;
        this.most = most;
        this.usual = usual;
    }

    private static Optional<String> number(long number) {
        return Optional.of(Long.toString(number));
    }

    /** As the API calls it. */
    public String label() {
        return label;
    }

    /** What sets it where a server is started. */
    public String variable() {
        return variable;
    }

    public Form form() {
        return form;
    }

    /** The least of a number. */
    public int least() {
        return least;
    }

    /** The greatest of a number. */
    public int most() {
        return most;
    }

    /** What holds if nobody sets it. */
    Optional<String> usual() {
        return usual;
    }

    public static Optional<Setting> named(String label) {
        return Stream.of(values())
                .filter(setting -> setting.label.equals(label))
                .findFirst();
    }

    /**
     * The value as it is kept.
     *
     * @param name what whoever gave it calls the setting
     * @throws Invalid (CONFIGURATION_INVALID) if it cannot be
     */
    String checked(String name, String text) {
        return sound(text.strip())
                .orElseThrow(() -> new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        switch (form) {
                            case NUMBER -> name + " is not a number from " + least + " to " + most;
                            case URL -> name + " is not a URL of http or https";
                        },
                        switch (form) {
                            case NUMBER -> "set it like " + usual.orElse("1") + ".";
                            case URL -> "write it like https://backup.example.org, without a query.";
                        }));
    }

    /** The value as it is kept; empty if it cannot be. */
    Optional<String> sound(String text) {
        return switch (form) {
            case NUMBER ->
                Optional.of(text)
                        .filter(digits -> digits.matches("\\d{1,9}"))
                        .map(Integer::parseInt)
                        .filter(number -> number >= least && number <= most)
                        .map(number -> Integer.toString(number));
            case URL -> url(text);
        };
    }

    private static Optional<String> url(String text) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean plain = ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
            return plain ? Optional.of(url.toString()) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
