package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.notify.ChannelUrl;
import dev.holdfast.control.notify.Login;
import dev.holdfast.control.notify.MailSecurity;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.PingStyle;
import dev.holdfast.control.notify.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads channels by which people are told something. */
final class ChannelReader {
    private static final List<String> KINDS = List.of(
            "email", "webhook", "slack", "discord", "telegram", "teams", "mattermost", "ntfy", "gotify", "ping");
    private static final List<String> EMAIL_KEYS =
            List.of("host", "port", "security", "user", "password", "password-file", "certificates", "from", "to");
    private static final List<String> URL_KEYS = List.of("url", "url-file");
    private static final List<String> WEBHOOK_KEYS =
            List.of("url", "url-file", "headers", "signing-key", "signing-key-file", "template");
    private static final List<String> TELEGRAM_KEYS = List.of("token", "token-file", "chat", "topic", "server");
    private static final List<String> NTFY_KEYS =
            List.of("server", "topic", "topic-file", "token", "token-file", "user", "password", "password-file");

    private ChannelReader() {}

    static List<NotifyConfig> read(Section channels) {
        List<NotifyConfig> read = new ArrayList<>();
        for (String name : channels.keys()) {
            channels.attempt(() -> channel(name, channels)).ifPresent(read::add);
        }
        return read;
    }

    private static NotifyConfig channel(String name, Section channels) {
        Section.named(channels.line(name), name, "the name of a channel", Example.CHANNEL);
        Section channel = channels.section(name, Example.CHANNEL);
        String kind = channel.onlyKind("channel '" + name + "'", KINDS, Example.CHANNEL);
        return channel.made(kind, () -> of(name, kind, channel.section(kind, Example.CHANNEL)));
    }

    private static NotifyConfig of(String name, String kind, Section section) {
        return switch (kind) {
            case "email" -> email(name, section);
            case "webhook" -> webhook(name, section);
            case "slack" -> new NotifyConfig.Slack(name, url(section, URL_KEYS, Example.CHANNEL));
            case "discord" -> new NotifyConfig.Discord(name, url(section, URL_KEYS, Example.CHANNEL));
            case "telegram" -> telegram(name, section);
            case "teams" -> new NotifyConfig.Teams(name, url(section, URL_KEYS, Example.CHANNEL));
            case "mattermost" -> mattermost(name, section);
            case "ntfy" -> ntfy(name, section);
            case "gotify" -> gotify(name, section);
            default -> ping(name, section);
        };
    }

    private static NotifyConfig email(String name, Section section) {
        section.only(EMAIL_KEYS, Example.EMAIL);
        MailSecurity security = section.choice(
                "security",
                List.of(MailSecurity.values()),
                value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                MailSecurity.STARTTLS,
                "for example: security: starttls");
        return new NotifyConfig.Email(
                name,
                section.requiredText("host", Example.EMAIL),
                section.whole("port", 1, 65_535, NotifyConfig.Email.port(security)),
                security,
                login(section, Example.EMAIL),
                section.path("certificates", Example.EMAIL),
                section.requiredText("from", Example.EMAIL),
                section.isList("to")
                        ? section.texts("to", Example.EMAIL)
                        : List.of(section.requiredText("to", Example.EMAIL)));
    }

    private static Optional<Login> login(Section section, String example) {
        Optional<String> user = section.text("user", example);
        Optional<Secret> password = section.secret("password");
        if (user.isPresent() != password.isPresent()) {
            throw new Stop(
                    section.line(),
                    "'" + section.path() + "' has only one of 'user' and 'password'; expected both or none",
                    example);
        }
        return user.map(name -> new Login(name, password.orElseThrow()));
    }

    private static NotifyConfig webhook(String name, Section section) {
        ChannelUrl url = url(section, WEBHOOK_KEYS, Example.WEBHOOK);
        Optional<String> template = section.template("template", Example.WEBHOOK);
        return new NotifyConfig.Webhook(
                name,
                url,
                section.secrets("headers", Example.WEBHOOK),
                section.secret("signing-key"),
                template.map(text -> section.made("template", () -> Template.parse(text))));
    }

    private static NotifyConfig telegram(String name, Section section) {
        section.only(TELEGRAM_KEYS, Example.TELEGRAM);
        return new NotifyConfig.Telegram(
                name,
                server(section, NotifyConfig.Telegram.SERVER, Example.TELEGRAM),
                required(section, "token", Example.TELEGRAM),
                section.requiredText("chat", Example.TELEGRAM),
                section.has("topic")
                        ? Optional.of((long) section.whole("topic", 1, Integer.MAX_VALUE, 1))
                        : Optional.empty());
    }

    private static NotifyConfig mattermost(String name, Section section) {
        ChannelUrl url = url(section, List.of("url", "url-file", "channel"), Example.CHANNEL);
        return new NotifyConfig.Mattermost(name, url, section.text("channel", Example.CHANNEL));
    }

    private static NotifyConfig ntfy(String name, Section section) {
        section.only(NTFY_KEYS, Example.NTFY);
        return new NotifyConfig.Ntfy(
                name,
                server(section, NotifyConfig.Ntfy.SERVER, Example.NTFY),
                required(section, "topic", Example.NTFY),
                section.secret("token"),
                login(section, Example.NTFY));
    }

    private static NotifyConfig gotify(String name, Section section) {
        section.only(List.of("server", "token", "token-file"), Example.GOTIFY);
        String server = section.requiredText("server", Example.GOTIFY);
        return new NotifyConfig.Gotify(
                name,
                section.made("server", () -> ChannelUrl.parse(server)),
                required(section, "token", Example.GOTIFY));
    }

    private static NotifyConfig ping(String name, Section section) {
        ChannelUrl url = url(section, List.of("url", "url-file", "style", "runs"), Example.PING);
        return new NotifyConfig.Ping(
                name,
                section.choice(
                        "style",
                        List.of(PingStyle.values()),
                        value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        PingStyle.HEALTHCHECKS,
                        "for example: style: uptime-kuma"),
                url,
                section.has("runs") ? Set.copyOf(section.texts("runs", Example.PING)) : NotifyConfig.Ping.USUAL_RUNS);
    }

    private static ChannelUrl server(Section section, ChannelUrl otherwise, String example) {
        return section.text("server", example)
                .map(text -> section.made("server", () -> ChannelUrl.parse(text)))
                .orElse(otherwise);
    }

    /** Who knows the URL of a channel may often write to it, so it may be in a file too. */
    private static ChannelUrl url(Section section, List<String> keys, String example) {
        section.only(keys, example);
        Secret url = required(section, "url", example);
        return section.made("url", () -> ChannelUrl.parse(url.text()));
    }

    private static Secret required(Section section, String key, String example) {
        return section.secret(key).orElseThrow(() -> section.missing(key, example));
    }
}
