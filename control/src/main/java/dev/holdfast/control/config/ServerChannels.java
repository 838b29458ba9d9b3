package dev.holdfast.control.config;

import dev.holdfast.control.notify.ChannelUrl;
import dev.holdfast.control.notify.Login;
import dev.holdfast.control.notify.MailSecurity;
import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.PingStyle;
import dev.holdfast.control.notify.Reach;
import dev.holdfast.control.notify.Route;
import dev.holdfast.control.schedule.TimeSpan;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who is told what of all stacks and of the server itself: a file that {@code HOLDFAST_NOTIFICATIONS} names, with {@code notify:} in
 * it as in a stack file, and variables that begin with {@code HOLDFAST_NOTIFY_}. For one thread.
 */
public final class ServerChannels {
    /** Names the file. */
    public static final String FILE = "HOLDFAST_NOTIFICATIONS";

    private static final String PREFIX = "HOLDFAST_NOTIFY_";
    private static final Set<String> KNOWN = Set.of(
            "WEBHOOK_URL",
            "WEBHOOK_SIGNING_KEY",
            "SLACK_URL",
            "DISCORD_URL",
            "TEAMS_URL",
            "MATTERMOST_URL",
            "PING_URL",
            "TELEGRAM_TOKEN",
            "TELEGRAM_CHAT",
            "NTFY_TOPIC",
            "NTFY_SERVER",
            "NTFY_TOKEN",
            "GOTIFY_SERVER",
            "GOTIFY_TOKEN",
            "MAIL_HOST",
            "MAIL_PORT",
            "MAIL_SECURITY",
            "MAIL_USER",
            "MAIL_PASSWORD",
            "MAIL_FROM",
            "MAIL_TO",
            "EVENTS",
            "REMIND",
            "REACH");

    /** What means nothing without another one. */
    private static final Map<String, String> NEEDS = Map.of(
            "WEBHOOK_SIGNING_KEY", "WEBHOOK_URL",
            "TELEGRAM_CHAT", "TELEGRAM_TOKEN",
            "NTFY_TOKEN", "NTFY_TOPIC",
            "GOTIFY_TOKEN", "GOTIFY_SERVER",
            "MAIL_TO", "MAIL_HOST",
            "MAIL_PASSWORD", "MAIL_USER");

    private final Environment environment;

    /**
     * What was said.
     *
     * @param fromVariables names of the channels that variables describe; the others are those of the file
     */
    public record Said(Notifications notifications, Set<String> fromVariables) {
        /** Nobody is told anything. */
        public static final Said NOTHING = new Said(Notifications.NONE, Set.of());

        public Said {
            fromVariables = Set.copyOf(fromVariables);
        }
    }

    private ServerChannels(Environment environment) {
        this.environment = environment;
    }

    /**
     * @param folder where a relative path begins
     * @throws Invalid (CONFIGURATION_INVALID) if something is not right; it is told without secrets
     */
    public static Said read(Environment environment, Path folder) {
        ServerChannels variables = new ServerChannels(environment);
        Notifications said = environment
                .value(FILE)
                .map(file -> new StackFileReader(environment).notifications(folder.resolve(file)))
                .orElse(Notifications.NONE);
        return variables.with(said);
    }

    /** Names of variables that look as if they belonged here and mean nothing. */
    public static Set<String> unknown(Environment environment) {
        return environment.variables().keySet().stream()
                .filter(name -> name.startsWith(PREFIX))
                .filter(name -> !KNOWN.contains(name.substring(PREFIX.length()).replaceAll("_FILE$", "")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Where channels of this server and of its stacks may be.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if the environment says what cannot be
     */
    public static Reach reach(Environment environment) {
        return new ServerChannels(environment).reach();
    }

    private Reach reach() {
        return value("REACH").map(this::reach).orElse(Reach.NO_METADATA);
    }

    private Reach reach(String text) {
        return switch (text) {
            case "anywhere" -> Reach.ANYWHERE;
            case "no-metadata" -> Reach.NO_METADATA;
            case "public" -> Reach.PUBLIC;
            default -> throw wrong("REACH is '" + text + "'; expected anywhere, no-metadata or public");
        };
    }

    private Said with(Notifications said) {
        NEEDS.forEach(this::requireOther);
        List<NotifyConfig> more = channels();
        if (more.isEmpty()) {
            return new Said(said, Set.of());
        }
        List<NotifyConfig> channels = new ArrayList<>(said.channels());
        channels.addAll(more);
        List<Route> routes = new ArrayList<>(said.routes());
        events().ifPresent(kinds ->
                routes.add(new Route(more.stream().map(NotifyConfig::name).toList(), kinds)));
        Optional<Duration> reminder = value("REMIND")
                .map(text -> TimeSpan.parse(text)
                        .orElseThrow(() -> wrong("REMIND is '" + text + "'; expected a span such as 24h")))
                .or(said::reminder);
        Notifications all =
                made("REMIND", () -> new Notifications(channels, routes, reminder, said.digest(), said.alarms()));
        return new Said(all, more.stream().map(NotifyConfig::name).collect(Collectors.toSet()));
    }

    private void requireOther(String name, String other) {
        if (secret(name).isPresent() && secret(other).isEmpty()) {
            throw missing(other, name);
        }
    }

    private List<NotifyConfig> channels() {
        List<Optional<? extends NotifyConfig>> all = List.of(
                url("WEBHOOK_URL")
                        .map(url -> new NotifyConfig.Webhook(
                                "webhook", url, Map.of(), secret("WEBHOOK_SIGNING_KEY"), Optional.empty())),
                url("SLACK_URL").map(url -> new NotifyConfig.Slack("slack", url)),
                url("DISCORD_URL").map(url -> new NotifyConfig.Discord("discord", url)),
                url("TEAMS_URL").map(url -> new NotifyConfig.Teams("teams", url)),
                url("MATTERMOST_URL").map(url -> new NotifyConfig.Mattermost("mattermost", url, Optional.empty())),
                telegram(),
                ntfy(),
                gotify(),
                mail(),
                url("PING_URL")
                        .map(url -> new NotifyConfig.Ping(
                                "ping", PingStyle.HEALTHCHECKS, url, NotifyConfig.Ping.USUAL_RUNS)));
        return all.stream().<NotifyConfig>flatMap(Optional::stream).toList();
    }

    private Optional<NotifyConfig> telegram() {
        return secret("TELEGRAM_TOKEN")
                .map(token -> made(
                        "TELEGRAM_TOKEN",
                        () -> new NotifyConfig.Telegram(
                                "telegram",
                                NotifyConfig.Telegram.SERVER,
                                token,
                                required("TELEGRAM_CHAT", "TELEGRAM_TOKEN"),
                                Optional.empty())));
    }

    private Optional<NotifyConfig> ntfy() {
        ChannelUrl server = url("NTFY_SERVER").orElse(NotifyConfig.Ntfy.SERVER);
        return secret("NTFY_TOPIC")
                .map(topic -> made(
                        "NTFY_TOPIC",
                        () -> new NotifyConfig.Ntfy("ntfy", server, topic, secret("NTFY_TOKEN"), Optional.empty())));
    }

    private Optional<NotifyConfig> gotify() {
        return url("GOTIFY_SERVER")
                .map(server -> new NotifyConfig.Gotify(
                        "gotify",
                        server,
                        secret("GOTIFY_TOKEN").orElseThrow(() -> missing("GOTIFY_TOKEN", "GOTIFY_SERVER"))));
    }

    private Optional<NotifyConfig> mail() {
        return value("MAIL_HOST").map(host -> made("MAIL_HOST", () -> mail(host)));
    }

    private NotifyConfig mail(String host) {
        MailSecurity security = value("MAIL_SECURITY").map(this::security).orElse(MailSecurity.STARTTLS);
        List<String> to = Arrays.stream(required("MAIL_TO", "MAIL_HOST").split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
        Optional<Secret> password = secret("MAIL_PASSWORD");
        Optional<Login> login = value("MAIL_USER")
                .map(user -> new Login(user, password.orElseThrow(() -> missing("MAIL_PASSWORD", "MAIL_USER"))));
        int port = value("MAIL_PORT").map(this::port).orElse(NotifyConfig.Email.port(security));
        return new NotifyConfig.Email(
                "mail",
                host,
                port,
                security,
                login,
                Optional.empty(),
                value("MAIL_FROM").orElse(to.isEmpty() ? "" : to.getFirst()),
                to);
    }

    private MailSecurity security(String text) {
        return Arrays.stream(MailSecurity.values())
                .filter(one ->
                        one.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text))
                .findFirst()
                .orElseThrow(() ->
                        wrong("MAIL_SECURITY is '" + text + "'; expected none, starttls-if-offered, starttls or tls"));
    }

    private int port(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw wrong("MAIL_PORT is '" + text + "'; expected a number");
        }
        return Integer.parseInt(text);
    }

    private Optional<Set<NoticeKind>> events() {
        return value("EVENTS").map(text -> {
            if (text.equals("all")) {
                return EnumSet.complementOf(EnumSet.of(NoticeKind.DIGEST, NoticeKind.TEST));
            }
            Set<NoticeKind> kinds = EnumSet.noneOf(NoticeKind.class);
            for (String label : text.split(",")) {
                kinds.add(NoticeKind.labelled(label.strip())
                        .filter(kind -> kind != NoticeKind.DIGEST && kind != NoticeKind.TEST)
                        .orElseThrow(() -> wrong("EVENTS has '" + label.strip() + "', which is no event")));
            }
            return kinds;
        });
    }

    private Optional<String> value(String name) {
        return environment.value(PREFIX + name).map(String::strip).filter(text -> !text.isEmpty());
    }

    private Optional<Secret> secret(String name) {
        return environment.secret(PREFIX + name);
    }

    private Optional<ChannelUrl> url(String name) {
        return secret(name).map(text -> made(name, () -> ChannelUrl.parse(text.text())));
    }

    private String required(String name, String because) {
        return value(name).orElseThrow(() -> missing(name, because));
    }

    private static <T> T made(String name, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (HoldfastException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(PREFIX) ? e : wrong(name + ": " + message);
        }
    }

    private static Invalid missing(String name, String because) {
        return wrong(because + " is set, but not " + PREFIX + name);
    }

    private static Invalid wrong(String what) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                PREFIX + what,
                "docs/notifications.md lists the variables, each with what it expects.");
    }
}
