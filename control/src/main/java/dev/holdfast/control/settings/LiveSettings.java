package dev.holdfast.control.settings;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.config.Environment;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.RowView;

/**
 * The settings in force: what this server's environment says, else what is stored in the catalog, else what is usual. Asked anew
 * each time, so a change holds at once and at every server. Safe for many threads.
 */
public final class LiveSettings {
    private final Jdbi jdbi;
    private final Map<Setting, String> given;
    private final InstantSource clock;
    private volatile Map<Setting, String> known = Map.of();

    private LiveSettings(Jdbi jdbi, Map<Setting, String> given, InstantSource clock) {
        this.jdbi = jdbi;
        this.given = Map.copyOf(given);
        this.clock = clock;
    }

    /** Where a value comes from. */
    public enum Source {
        ENVIRONMENT,
        STORED,
        DEFAULT
    }

    /**
     * A value in force.
     *
     * @param text empty if it is not set
     */
    public record Value(Setting setting, Optional<String> text, Source source) {}

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the environment says what cannot be
     */
    public static LiveSettings in(Catalog catalog, Environment environment, InstantSource clock) {
        Map<Setting, String> given = new HashMap<>();
        for (Setting setting : Setting.values()) {
            environment
                    .value(setting.variable())
                    .ifPresent(text -> given.put(setting, setting.checked(setting.variable(), text)));
        }
        return new LiveSettings(catalog.jdbi(), given, clock);
    }

    /**
     * All of them.
     *
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public List<Value> all() {
        Map<Setting, String> stored = stored();
        return Stream.of(Setting.values())
                .map(setting -> value(setting, stored))
                .toList();
    }

    private Value value(Setting setting, Map<Setting, String> stored) {
        if (given.containsKey(setting)) {
            return new Value(setting, Optional.of(given.get(setting)), Source.ENVIRONMENT);
        }
        return stored.containsKey(setting)
                ? new Value(setting, Optional.of(stored.get(setting)), Source.STORED)
                : new Value(setting, setting.usual(), Source.DEFAULT);
    }

    /**
     * Stores some, at once for all servers.
     *
     * @param changes what shall hold from now on
     * @param forgotten which shall be as usual again
     * @throws Invalid (CONFIGURATION_INVALID) if a value cannot be; then nothing is stored
     * @throws AlreadyExists (CONFLICT) if the environment of this server sets one of them
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public void change(Map<Setting, String> changes, Set<Setting> forgotten, String actor) {
        Map<Setting, String> checked = new HashMap<>();
        changes.forEach((setting, text) -> checked.put(setting, setting.checked(setting.label(), text)));
        Stream.concat(checked.keySet().stream(), forgotten.stream()).forEach(this::refuseIfGiven);
        try {
            jdbi.useTransaction(handle -> {
                forgotten.forEach(
                        setting -> handle.execute("DELETE FROM server_setting WHERE name = ?", setting.label()));
                checked.forEach((setting, text) -> handle.execute(
                        "INSERT INTO server_setting (name, value, changed_at, changed_by) VALUES (?, ?, ?, ?)"
                                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value,"
                                + " changed_at = excluded.changed_at, changed_by = excluded.changed_by",
                        setting.label(),
                        text,
                        clock.millis(),
                        actor));
            });
        } catch (JdbiException e) {
            throw away(e);
        }
    }

    private void refuseIfGiven(Setting setting) {
        if (given.containsKey(setting)) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    setting.label() + " is set by the environment of this server and cannot be changed here",
                    "change " + setting.variable() + " where the server is started, or leave it out there.");
        }
    }

    /** A number that holds now; while the catalog is away, the one that held before. */
    public int number(Setting setting) {
        return Integer.parseInt(inForce(setting).orElseThrow());
    }

    /** A number of days, see {@link #number}. */
    public Duration days(Setting setting) {
        return Duration.ofDays(number(setting));
    }

    /** Under which URL people reach the service, if that is set. */
    public Optional<URI> publicUrl() {
        return inForce(Setting.PUBLIC_URL).map(URI::create);
    }

    private Optional<String> inForce(Setting setting) {
        try {
            return value(setting, given.containsKey(setting) ? Map.of() : stored())
                    .text();
        } catch (Unavailable e) {
            return value(setting, known).text();
        }
    }

    /** What an older or newer version stored and cannot be here is left out. */
    private Map<Setting, String> stored() {
        try {
            Map<Setting, String> stored = new HashMap<>();
            jdbi.useHandle(handle -> handle.createQuery("SELECT name, value FROM server_setting")
                    .map((RowView row) ->
                            Map.entry(row.getColumn("name", String.class), row.getColumn("value", String.class)))
                    .forEach(row -> Setting.named(row.getKey())
                            .ifPresent(setting ->
                                    setting.sound(row.getValue()).ifPresent(text -> stored.put(setting, text)))));
            known = Map.copyOf(stored);
            return stored;
        } catch (JdbiException e) {
            throw away(e);
        }
    }

    private static Unavailable away(JdbiException cause) {
        return new Unavailable(
                ErrorCode.CATALOG_UNAVAILABLE,
                "the catalog does not answer",
                "look whether its database is there.",
                cause);
    }
}
