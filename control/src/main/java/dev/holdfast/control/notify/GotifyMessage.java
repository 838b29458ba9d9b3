package dev.holdfast.control.notify;

import tools.jackson.databind.node.ObjectNode;

/** A message of an application of Gotify, as plain text. */
final class GotifyMessage {
    private static final int TITLE = 200;
    private static final int MESSAGE = 8000;

    private GotifyMessage() {}

    static HttpCall call(NotifyConfig.Gotify channel, Notice notice) {
        ObjectNode json = Json.object();
        json.put("title", OneLine.of(notice.title(), TITLE));
        json.put("message", Cut.to(Body.plain(notice), MESSAGE));
        json.put("priority", priority(notice.urgency()));
        json.putObject("extras").putObject("client::display").put("contentType", "text/plain");
        return HttpCall.json(channel.server().with("message"), Json.text(json))
                .with("X-Gotify-Key", channel.token().text());
    }

    private static int priority(Urgency urgency) {
        return switch (urgency) {
            case GOOD -> 2;
            case WARNING -> 5;
            case URGENT -> 8;
        };
    }
}
