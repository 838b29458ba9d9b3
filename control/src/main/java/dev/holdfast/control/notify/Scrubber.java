package dev.holdfast.control.notify;

import dev.holdfast.control.config.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Takes the secrets of a channel out of what the other side, or a library, said. */
final class Scrubber {
    private static final int SHORTEST = 4;
    private static final String HIDDEN = "...";

    private final List<String> secrets;

    private Scrubber(Stream<String> secrets) {
        this.secrets = secrets.filter(secret -> secret.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    static Scrubber of(NotifyConfig channel) {
        return new Scrubber(
                switch (channel) {
                    case NotifyConfig.Email c -> c.login().stream().flatMap(login -> of(login.password()));
                    case NotifyConfig.Webhook c ->
                        Stream.of(
                                        of(c.url()),
                                        c.headers().values().stream().flatMap(Scrubber::of),
                                        c.signing().stream().flatMap(Scrubber::of))
                                .flatMap(s -> s);
                    case NotifyConfig.Slack c -> of(c.url());
                    case NotifyConfig.Discord c -> of(c.url());
                    case NotifyConfig.Telegram c -> Stream.concat(of(c.server()), of(c.token()));
                    case NotifyConfig.Teams c -> of(c.url());
                    case NotifyConfig.Mattermost c -> of(c.url());
                    case NotifyConfig.Ntfy c ->
                        Stream.of(
                                        of(c.server()),
                                        of(c.topic()),
                                        c.token().stream().flatMap(Scrubber::of),
                                        c.login().stream().flatMap(login -> of(login.password())))
                                .flatMap(s -> s);
                    case NotifyConfig.Gotify c -> Stream.concat(of(c.server()), of(c.token()));
                    case NotifyConfig.Ping c -> of(c.url());
                });
    }

    String clean(String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean.replace(secret, HIDDEN);
        }
        return clean;
    }

    Answer clean(Answer answer) {
        return switch (answer) {
            case Answer.Taken taken -> new Answer.Taken(clean(taken.said()));
            case Answer.Later later -> new Answer.Later(clean(later.said()), later.pause());
            case Answer.Refused refused ->
                new Answer.Refused(clean(refused.said()), refused.hint().map(this::clean));
        };
    }

    private static Stream<String> of(Secret secret) {
        return Stream.of(secret.text());
    }

    /** The whole path and query, and each piece of them that is long enough to be one. */
    private static Stream<String> of(ChannelUrl url) {
        URI uri = url.uri();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        Stream<String> pieces = Arrays.stream((uri.getRawPath() + "/" + query).split("[/&=?]"))
                .filter(piece -> piece.length() >= 8)
                .flatMap(piece -> Stream.of(piece, URLDecoder.decode(piece, StandardCharsets.UTF_8)));
        return Stream.concat(Stream.of(query), pieces);
    }
}
