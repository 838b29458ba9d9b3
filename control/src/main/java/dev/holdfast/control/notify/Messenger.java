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
        Scrubber scrubber = Scrubber.of(channel);
        return scrubber.clean(answer(scrubber, channel, notice, delivery));
    }

    /** Pings a monitor. */
    Answer ping(NotifyConfig.Ping channel, Signal signal) {
        Scrubber scrubber = Scrubber.of(channel);
        return scrubber.clean(PingMessage.call(channel, signal)
                .map(call -> call(scrubber, call, reply -> PingMessage.answer(channel, reply)))
                .orElseGet(() -> new Answer.Taken("nothing to say to this monitor")));
    }

    private Answer answer(Scrubber scrubber, NotifyConfig channel, Notice notice, String delivery) {
        return switch (channel) {
            case NotifyConfig.Email c -> mail.send(c, notice, delivery);
            case NotifyConfig.Webhook c ->
                call(scrubber, WebhookMessage.call(c, notice, delivery, clock.instant()), Reply::answer);
            case NotifyConfig.Slack c -> call(scrubber, SlackMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Discord c -> call(scrubber, DiscordMessage.call(c, notice), DiscordMessage::answer);
            case NotifyConfig.Telegram c -> call(scrubber, TelegramMessage.call(c, notice), TelegramMessage::answer);
            case NotifyConfig.Teams c -> call(scrubber, TeamsMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Mattermost c -> call(scrubber, MattermostMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Ntfy c -> call(scrubber, NtfyMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Gotify c -> call(scrubber, GotifyMessage.call(c, notice), Reply::answer);
            case NotifyConfig.Ping c -> ping(c, PingMessage.signal(notice, delivery));
        };
    }

    private Answer call(Scrubber scrubber, HttpCall call, Function<Reply, Answer> reading) {
        try {
            return reading.apply(scrubber.clean(http.call(call)));
        } catch (OutOfReach e) {
            return new Answer.Refused(said(e), Optional.empty());
        } catch (IOException e) {
            return TlsFault.isLasting(e)
                    ? new Answer.Refused(said(e), Optional.of("look at the server's certificate, and at the port."))
                    : new Answer.Later(said(e), Optional.empty());
        }
    }

    private static String said(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
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
