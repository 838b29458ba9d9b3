package dev.holdfast.control.notify;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings of a channel. */
public sealed interface NotifyConfig {
    /** What routes call it. */
    String name();

    /** What kind of channel it is, as the stack file says it. */
    default String type() {
        return switch (this) {
            case Email _ -> "email";
            case Webhook _ -> "webhook";
            case Slack _ -> "slack";
            case Discord _ -> "discord";
            case Telegram _ -> "telegram";
            case Teams _ -> "teams";
            case Mattermost _ -> "mattermost";
            case Ntfy _ -> "ntfy";
            case Gotify _ -> "gotify";
            case Ping _ -> "ping";
        };
    }

    /**
     * Mail by SMTP.
     *
     * @param host the mail server
     * @param port its port, 1 to 65535; {@link #port(MailSecurity)} says the usual one
     * @param security how the connection is protected
     * @param login empty if the server asks for none
     * @param certificates a PEM file with authorities to trust instead of the usual ones
     * @param from the sender's address, with or without a name
     * @param to who gets it, at least one address
     */
    record Email(
            String name,
            String host,
            int port,
            MailSecurity security,
            Optional<Login> login,
            Optional<Path> certificates,
            String from,
            List<String> to)
            implements NotifyConfig {
        public Email {
            check(name);
            to = List.copyOf(to);
            if (host.isBlank() || port < 1 || port > 65_535) {
                throw wrong(name, "has no usable host and port");
            }
            if (to.isEmpty()) {
                throw wrong(name, "has no recipient");
            }
            MailAddresses.check(name, from);
            to.forEach(address -> MailAddresses.check(name, address));
        }

        /** The usual port. */
        public static int port(MailSecurity security) {
            return switch (security) {
                case NONE -> 25;
                case STARTTLS, STARTTLS_IF_OFFERED -> 587;
                case TLS -> 465;
            };
        }
    }

    /**
     * A call of any HTTP server.
     *
     * @param headers sent with each call, with their values
     * @param signing key of the signature that the other side can verify
     * @param template the body; empty for the usual JSON document
     */
    record Webhook(
            String name,
            ChannelUrl url,
            Map<String, Secret> headers,
            Optional<Secret> signing,
            Optional<Template> template)
            implements NotifyConfig {
        public Webhook {
            check(name);
            headers = Map.copyOf(headers);
            Headers.check(name, headers);
        }
    }

    /**
     * Slack.
     *
     * @param url of an incoming webhook
     */
    record Slack(String name, ChannelUrl url) implements NotifyConfig {
        public Slack {
            check(name);
        }
    }

    /**
     * Discord.
     *
     * @param url of a webhook
     */
    record Discord(String name, ChannelUrl url) implements NotifyConfig {
        public Discord {
            check(name);
        }
    }

    /**
     * Telegram.
     *
     * @param server usually {@link #SERVER}
     * @param token of the bot
     * @param chat number or {@code @name} of the chat
     * @param topic number of the topic in a group that has topics
     */
    record Telegram(String name, ChannelUrl server, Secret token, String chat, Optional<Long> topic)
            implements NotifyConfig {
        public static final ChannelUrl SERVER = ChannelUrl.parse("https://api.telegram.org");

        public Telegram {
            check(name);
            if (!token.text().matches("[0-9]+:[A-Za-z0-9_-]+")) {
                throw wrong(name, "has a token that is not one of a Telegram bot");
            }
            if (!chat.matches("-?[0-9]+|@[A-Za-z0-9_]+")) {
                throw wrong(name, "has a chat that is neither a number nor @name");
            }
        }
    }

    /**
     * Microsoft Teams.
     *
     * @param url of a workflow that posts cards
     */
    record Teams(String name, ChannelUrl url) implements NotifyConfig {
        public Teams {
            check(name);
        }
    }

    /**
     * Mattermost.
     *
     * @param url of an incoming webhook
     * @param channel where to post instead of the webhook's own channel
     */
    record Mattermost(String name, ChannelUrl url, Optional<String> channel) implements NotifyConfig {
        public Mattermost {
            check(name);
        }
    }

    /**
     * Ntfy.
     *
     * @param server usually {@link #SERVER}
     * @param topic which topic; on a public server who knows it reads it
     * @param token access token
     * @param login user and password instead of a token
     */
    record Ntfy(String name, ChannelUrl server, Secret topic, Optional<Secret> token, Optional<Login> login)
            implements NotifyConfig {
        public static final ChannelUrl SERVER = ChannelUrl.parse("https://ntfy.sh");

        public Ntfy {
            check(name);
            if (!topic.text().matches("[-_A-Za-z0-9]{1,64}")) {
                throw wrong(name, "has a topic that is not made of letters, digits, - and _");
            }
            if (token.isPresent() && login.isPresent()) {
                throw wrong(name, "has a token and a user: one of them is enough");
            }
        }
    }

    /**
     * Gotify.
     *
     * @param server where it is
     * @param token of an application
     */
    record Gotify(String name, ChannelUrl server, Secret token) implements NotifyConfig {
        public Gotify {
            check(name);
        }
    }

    /**
     * A monitor that raises an alarm itself when nothing is heard. It hears of the runs of its stack without any route.
     *
     * @param style how it is spoken to
     * @param url of the check
     * @param runs which kinds of run it hears of, as {@code backup}; usually {@link #USUAL_RUNS}
     */
    record Ping(String name, PingStyle style, ChannelUrl url, Set<String> runs) implements NotifyConfig {
        public static final Set<String> USUAL_RUNS = Set.of("backup");

        public Ping {
            check(name);
            runs = Set.copyOf(runs);
        }
    }

    private static void check(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw wrong(name, "has a name that is not made of letters, digits, '.', '_' and '-'");
        }
    }

    private static Invalid wrong(String name, String why) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the channel '" + name + "' " + why,
                "correct it where notifications are configured.");
    }
}
