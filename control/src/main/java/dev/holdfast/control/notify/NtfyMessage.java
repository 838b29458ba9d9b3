package dev.holdfast.control.notify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/** A message to ntfy, as JSON to the server's root; more than 4096 bytes would arrive as a file. */
final class NtfyMessage {
    private static final int TITLE = 200;
    private static final int MESSAGE = 3800;

    private NtfyMessage() {}

    static HttpCall call(NotifyConfig.Ntfy channel, Notice notice) {
        ObjectNode json = Json.object();
        json.put("topic", channel.topic().text());
        json.put("title", OneLine.of(notice.title(), TITLE));
        json.put("message", Cut.toBytes(Body.plain(notice), MESSAGE));
        json.put("priority", priority(notice.urgency()));
        json.putArray("tags").add(tag(notice.urgency()));
        HttpCall call = HttpCall.json(channel.server(), Json.text(json));
        return authorised(channel, call);
    }

    private static HttpCall authorised(NotifyConfig.Ntfy channel, HttpCall call) {
        return channel.token()
                .map(token -> call.with("Authorization", "Bearer " + token.text()))
                .or(() -> channel.login().map(login -> call.with("Authorization", basic(login))))
                .orElse(call);
    }

    private static String basic(Login login) {
        byte[] pair = (login.user() + ":" + login.password().text()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static int priority(Urgency urgency) {
        return switch (urgency) {
            case GOOD -> 3;
            case WARNING -> 4;
            case URGENT -> 5;
        };
    }

    private static String tag(Urgency urgency) {
        return switch (urgency) {
            case GOOD -> "white_check_mark";
            case WARNING -> "warning";
            case URGENT -> "rotating_light";
        };
    }
}
