package dev.holdfast.control.notify;

import dev.holdfast.control.config.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes the secrets of a channel out of what the other side, or a library, said: as they are, and in the forms in which servers
 * repeat what they were sent. It has to see all that was said: of a secret that was cut before, the beginning would be left.
 */
final class Scrubber {
    private static final int SHORTEST = 4;
    /** More than that of an answer is nothing that people want to read. */
    private static final int LONGEST = 1000;

    private static final String HIDDEN = "...";

    private final List<String> secrets;

    private Scrubber(Stream<String> secrets) {
        this.secrets = secrets.filter(secret -> secret.length() >= SHORTEST)
                .flatMap(Scrubber::forms)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    static Scrubber of(NotifyConfig channel) {
        return new Scrubber(
                switch (channel) {
                    case NotifyConfig.Email c -> c.login().stream().flatMap(Scrubber::of);
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
                                        c.login().stream().flatMap(Scrubber::of))
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

    Reply clean(Reply reply) {
        return new Reply(reply.status(), reply.retryAfter(), clean(reply.body()));
    }

    /** One line each, without secrets. */
    Answer clean(Answer answer) {
        return switch (answer) {
            case Answer.Taken taken -> new Answer.Taken(line(taken.said()));
            case Answer.Later later -> new Answer.Later(line(later.said()), later.pause());
            case Answer.Refused refused ->
                new Answer.Refused(line(refused.said()), refused.hint().map(this::line));
        };
    }

    private String line(String text) {
        return OneLine.of(clean(text), LONGEST);
    }

    private static Stream<String> forms(String secret) {
        String percent = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String json = Json.inside(secret);
        return Stream.of(
                secret,
                percent,
                percent.replace("+", "%20"),
                json,
                json.replace("/", "\\/"),
                Html.escaped(secret),
                base64(secret));
    }

    /** Without the padding, which is left out here and there. */
    private static String base64(String text) {
        return Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Also as HTTP (Basic) and SMTP (PLAIN) send both together. */
    private static Stream<String> of(Login login) {
        String password = login.password().text();
        return Stream.of(
                password, base64(login.user() + ":" + password), base64("\0" + login.user() + "\0" + password));
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
        return Stream.concat(Stream.of(uri.getRawPath(), query), pieces);
    }
}
