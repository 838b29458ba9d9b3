package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.Secret;
import dev.holdfast.control.notify.AlarmLimits;
import dev.holdfast.control.notify.ChannelUrl;
import dev.holdfast.control.notify.Login;
import dev.holdfast.control.notify.MailSecurity;
import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.PingStyle;
import dev.holdfast.control.notify.Route;
import dev.holdfast.engine.error.HoldfastException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Who is told something, as far as environment variables say it. For one thread. */
final class Channels {
    private static final Set<String> LEVELS = Set.of("error", "info");

    private final Variables variables;
    private final List<NotifyConfig> channels = new ArrayList<>();

    Channels(Variables variables) {
        this.variables = variables;
    }

    Notifications read() {
        add(
                Variable.PING,
                url -> new NotifyConfig.Ping("ping", PingStyle.HEALTHCHECKS, url, NotifyConfig.Ping.USUAL_RUNS));
        add(Variable.SLACK, url -> new NotifyConfig.Slack("slack", url));
        add(Variable.DISCORD, url -> new NotifyConfig.Discord("discord", url));
        mail();
        List<String> told = channels.stream()
                .filter(channel -> !(channel instanceof NotifyConfig.Ping))
                .map(NotifyConfig::name)
                .toList();
        return channels.isEmpty()
                ? Notifications.NONE
                : new Notifications(
                        channels,
                        told.isEmpty() ? List.of() : List.of(new Route(told, kinds())),
                        Optional.empty(),
                        Optional.empty(),
                        AlarmLimits.USUAL);
    }

    private interface OfUrl {
        NotifyConfig channel(ChannelUrl url);
    }

    private void add(Variable variable, OfUrl maker) {
        variables
                .secret(variable)
                .flatMap(url -> made(variable, () -> maker.channel(ChannelUrl.parse(url.text()))))
                .ifPresent(channels::add);
    }

    private <T> Optional<T> made(Variable variable, Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (HoldfastException e) {
            variables.wrong(variables.shown(variable) + ": " + e.getMessage(), e.hint());
            return Optional.empty();
        }
    }

    /** Success is told too, unless only errors are wanted. */
    private Set<NoticeKind> kinds() {
        String level = variables.text(Variable.NOTIFY_LEVEL).orElse("info").toLowerCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            variables.wrong(
                    variables.shown(Variable.NOTIFY_LEVEL) + " is '" + level + "'; expected error or info",
                    "set it to info to hear of every backup, to error to hear of trouble only.");
        }
        Set<NoticeKind> kinds = EnumSet.copyOf(NoticeKind.USUAL);
        if (level.equals("info")) {
            kinds.add(NoticeKind.SUCCESS);
        }
        return kinds;
    }

    private void mail() {
        Optional<String> host = variables.text(Variable.SMTP_HOST);
        if (host.isEmpty()) {
            return;
        }
        List<String> to = variables.text(Variable.SMTP_TO).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
        if (to.isEmpty()) {
            variables.wrong("SMTP_HOST is set, but nobody to write to", "set SMTP_TO to one or more addresses.");
            return;
        }
        MailSecurity security = security();
        Optional<String> user = variables.text(Variable.SMTP_USER);
        Optional<Secret> password = variables.secret(Variable.SMTP_PASSWORD);
        if (user.isPresent() != password.isPresent()) {
            variables.wrong("only one of SMTP_USER and SMTP_PASSWORD is set", "set both, or none.");
            return;
        }
        made(
                        Variable.SMTP_HOST,
                        () -> new NotifyConfig.Email(
                                "mail",
                                host.get(),
                                variables
                                        .whole(Variable.SMTP_PORT, 1, 65_535)
                                        .orElse(NotifyConfig.Email.port(security)),
                                security,
                                user.map(name -> new Login(name, password.orElseThrow())),
                                Optional.empty(),
                                variables.text(Variable.SMTP_FROM).orElse(to.getFirst()),
                                to))
                .ifPresent(channels::add);
    }

    private MailSecurity security() {
        String text = variables.text(Variable.SMTP_SECURITY).orElse("starttls").toLowerCase(Locale.ROOT);
        Optional<MailSecurity> known = Arrays.stream(MailSecurity.values())
                .filter(value ->
                        value.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text))
                .findFirst();
        if (known.isEmpty()) {
            variables.wrong(
                    "SMTP_SECURITY is '" + text + "'; expected none, starttls-if-offered, starttls or tls",
                    "leave it out for starttls.");
        }
        return known.orElse(MailSecurity.STARTTLS);
    }
}
