package dev.holdfast.control.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.run.RunLimits;
import dev.holdfast.control.settings.LiveSettings.Source;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unavailable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveSettingsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

    @TempDir
    private Path folder;

    private static LiveSettings settings(Catalog catalog, String... variables) {
        Map<String, String> environment = variables.length == 0 ? Map.of() : Map.of(variables[0], variables[1]);
        return LiveSettings.in(catalog, new Environment(environment), CLOCK);
    }

    private static LiveSettings.Value value(LiveSettings settings, Setting wanted) {
        return settings.all().stream()
                .filter(value -> value.setting() == wanted)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_stored_holds_at_once_also_at_a_second_server_until_it_is_forgotten(Catalogs kind) {
        CatalogPlace place = kind.place(folder);
        try (Catalog one = Catalog.open(place);
                Catalog other = Catalog.open(place)) {
            LiveSettings here = settings(one);
            LiveSettings there = settings(other);
            assertThat(there.number(Setting.RUNS_AT_ONCE)).isEqualTo(RunLimits.USUAL.atOnce());
            assertThat(there.publicUrl()).isEmpty();

            here.change(
                    Map.of(Setting.RUNS_AT_ONCE, " 7", Setting.PUBLIC_URL, "https://backup.example.org/holdfast/"),
                    Set.of(),
                    "anna");
            assertThat(there.number(Setting.RUNS_AT_ONCE)).isEqualTo(7);
            assertThat(there.publicUrl()).contains(URI.create("https://backup.example.org/holdfast"));
            assertThat(value(there, Setting.RUNS_AT_ONCE).source()).isEqualTo(Source.STORED);

            there.change(Map.of(Setting.RUNS_AT_ONCE, "8"), Set.of(Setting.PUBLIC_URL), "bert");
            assertThat(here.number(Setting.RUNS_AT_ONCE)).isEqualTo(8);
            assertThat(value(here, Setting.PUBLIC_URL))
                    .isEqualTo(new LiveSettings.Value(Setting.PUBLIC_URL, Optional.empty(), Source.DEFAULT));
        }
    }

    @Test
    void the_environment_wins_and_what_it_says_is_not_changed_here() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            settings(catalog).change(Map.of(Setting.RUNS_AT_ONCE, "7"), Set.of(), "anna");
            LiveSettings given = settings(catalog, "HOLDFAST_RUNS_AT_ONCE", "3");
            assertThat(value(given, Setting.RUNS_AT_ONCE))
                    .isEqualTo(new LiveSettings.Value(Setting.RUNS_AT_ONCE, Optional.of("3"), Source.ENVIRONMENT));
            assertThat(given.number(Setting.RUNS_AT_ONCE)).isEqualTo(3);
            assertThatThrownBy(() -> given.change(
                            Map.of(Setting.RUNS_AT_ONCE, "9", Setting.KEEP_LOGS_DAYS, "9"), Set.of(), "anna"))
                    .isInstanceOf(AlreadyExists.class)
                    .hasMessageContaining("runsAtOnce");
            assertThatThrownBy(() -> given.change(Map.of(), Set.of(Setting.RUNS_AT_ONCE), "anna"))
                    .isInstanceOf(AlreadyExists.class);
            assertThat(value(given, Setting.KEEP_LOGS_DAYS).source()).isEqualTo(Source.DEFAULT);
        }
    }

    @Test
    void what_cannot_be_is_refused_as_a_whole() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            LiveSettings settings = settings(catalog);
            for (String number : List.of("0", "65", "-1", "x", "", "1.5", "99999999999")) {
                assertThatThrownBy(() -> settings.change(
                                Map.of(Setting.RUNS_AT_ONCE, number, Setting.KEEP_LOGS_DAYS, "9"), Set.of(), "anna"))
                        .as(number)
                        .isInstanceOf(Invalid.class)
                        .hasMessageContaining("runsAtOnce is not a number from 1 to 64");
            }
            for (String url :
                    List.of("", "backup", "ftp://x", "https://", "https://a@b", "https://b?x", "https://b#x", "a b")) {
                assertThatThrownBy(() -> settings.change(Map.of(Setting.PUBLIC_URL, url), Set.of(), "anna"))
                        .as(url)
                        .isInstanceOf(Invalid.class);
            }
            assertThat(settings.all()).allMatch(value -> value.source() == Source.DEFAULT);
            assertThatThrownBy(() -> settings(catalog, "HOLDFAST_RUNS_AT_ONCE", "many"))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("HOLDFAST_RUNS_AT_ONCE");
        }
    }

    @Test
    void while_the_catalog_is_away_what_held_last_goes_on_and_nothing_is_shown_or_changed() {
        Catalog catalog = Catalogs.SQLITE.open(folder);
        LiveSettings settings = settings(catalog);
        settings.change(Map.of(Setting.RUNS_AT_ONCE, "7"), Set.of(), "anna");
        assertThat(settings.number(Setting.RUNS_AT_ONCE)).isEqualTo(7);
        catalog.close();
        assertThat(settings.number(Setting.RUNS_AT_ONCE)).isEqualTo(7);
        assertThatThrownBy(settings::all).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> settings.change(Map.of(Setting.RUNS_AT_ONCE, "8"), Set.of(), "anna"))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void what_another_version_stored_and_cannot_be_here_is_as_usual() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            catalog.jdbi().useHandle(handle -> {
                handle.execute("INSERT INTO server_setting VALUES ('runsAtOnce', '500', 0, '')");
                handle.execute("INSERT INTO server_setting VALUES ('unheardOf', 'x', 0, '')");
            });
            assertThat(value(settings(catalog), Setting.RUNS_AT_ONCE).source()).isEqualTo(Source.DEFAULT);
        }
    }
}
