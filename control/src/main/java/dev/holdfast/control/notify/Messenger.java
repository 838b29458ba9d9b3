package dev.holdfast.control.notify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** Brings a message to a channel and says what became of it; no failure of the other side is an exception. Safe for many threads. */
final class Messenger implements AutoCloseable {
    private final HttpCaller http;
    private final Mailer mail;
    private final InstantSource clock;

    Messenger(Reach reach, Patience patience, InstantSource clock) {
        this.http = new HttpCaller(reach, patience, clock);
        this.mail = new Mailer(reach, patience, clock);
        this.clock = clock;
    }

    /**
     * Sends a notice.
     *
     * @param delivery name of this message, the same when it is sent again
     */
    Answer send(NotifyConfig channel, Notice notice, String delivery) {
        return Scrubber.of(channel).clean(answer(channel, notice, delivery));
    }

    /** Pings a monitor. */
    Answer ping(NotifyConfig.Ping channel, Signal signal) {
        return Scrubber.of(channel)
                .clean(PingMessage.call(channel, signal)
                        .map(call -> call(call, reply -> PingMessage.answer(channel, reply)))
                        .orElseGet(() -> new Answer.Taken("nothing to say to this monitor")));
    }

    private Answer answer(NotifyConfig channel, Notice notice, String delivery) {
        return switch (channel) {
            case NotifyConfig.Email c -> mail.send(c, notice, delivery);
            case NotifyConfig.Webhook c ->
                call(WebhookMessage.call(c, notice, delivery, clock.instant()), Reply::answer);
            case NotifyConfig.Slack c -> call(SlackMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Discord c -> call(DiscordMessage.call(c, notice), DiscordMessage::answer);
            case NotifyConfig.Telegram c -> call(TelegramMessage.call(c, notice), TelegramMessage::answer);
            case NotifyConfig.Teams c -> call(TeamsMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Mattermost c -> call(MattermostMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Ntfy c -> call(NtfyMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Gotify c -> call(GotifyMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Ping c -> ping(c, PingMessage.signal(notice, delivery));
        };
    }

    private Answer call(HttpCall call, Function<Reply, Answer> reading) {
        try {
            return reading.apply(http.call(call));
        } catch (OutOfReach e) {
            return new Answer.Refused(said(e), Optional.empty());
        } catch (IOException e) {
            return TlsFault.isLasting(e)
                    ? new Answer.Refused(said(e), Optional.of("look at the server's certificate, and at the port."))
                    : new Answer.Later(said(e), Optional.empty());
        }
    }

    private static String said(IOException e) {
        return OneLine.of(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), 300);
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
