package dev.holdfast.server.routes;

import dev.holdfast.control.settings.LiveSettings;
import dev.holdfast.control.settings.Setting;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.view.SettingsView;
import dev.holdfast.server.view.SettingsView.SettingView;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Settings: how the server was started, and what may change while it runs. */
public final class SettingsRoutes {
    private static final String AT = "/api/v1/settings";
    private static final String RESET = "reset";

    private final LiveSettings settings;
    private final Function<List<SettingView>, SettingsView> view;
    private final boolean provider;
    private final Optional<URI> startedWith;

    /**
     * @param view the rest of what is shown
     * @param provider whether people sign in at an identity provider, which sends them back to the URL of the start
     */
    public SettingsRoutes(LiveSettings settings, Function<List<SettingView>, SettingsView> view, boolean provider) {
        this.settings = settings;
        this.view = view;
        this.provider = provider;
        this.startedWith = settings.publicUrl();
    }

    public List<Route> all() {
        return List.of(Route.get(AT, Admission.ADMIN, _ -> show()), Route.patch(AT, Admission.ADMIN, this::change));
    }

    private Answer show() {
        return Answer.ok(view.apply(settings.all().stream().map(this::view).toList()));
    }

    private SettingView view(LiveSettings.Value value) {
        Setting setting = value.setting();
        return new SettingView(
                setting.label(),
                value.text().map(text -> json(setting, text)),
                value.source().name().toLowerCase(Locale.ROOT),
                setting.variable(),
                setting == Setting.PUBLIC_URL && provider && !value.text().equals(startedWith.map(URI::toString)));
    }

    private static JsonNode json(Setting setting, String text) {
        return switch (setting.form()) {
            case NUMBER -> JsonNodeFactory.instance.numberNode(Integer.parseInt(text));
            case URL -> JsonNodeFactory.instance.stringNode(text);
        };
    }

    private Answer change(Call call) {
        JsonNode body = call.body(JsonNode.class);
        Map<Setting, String> changes = new EnumMap<>(Setting.class);
        Stream.of(Setting.values())
                .filter(setting -> body.has(setting.label()))
                .forEach(setting -> changes.put(setting, text(body.get(setting.label()))));
        Set<Setting> forgotten = body.path(RESET)
                .valueStream()
                .flatMap(name -> Setting.named(name.asString()).stream())
                .filter(setting -> !changes.containsKey(setting))
                .collect(Collectors.toSet());
        settings.change(changes, forgotten, call.principal().actor());
        changes.forEach((setting, text) -> call.note(setting.label() + "=" + text));
        forgotten.forEach(setting -> call.note(RESET + "=" + setting.label()));
        return show();
    }

    private static String text(JsonNode value) {
        return value.isNumber() ? value.decimalValue().toBigInteger().toString() : value.asString();
    }
}
