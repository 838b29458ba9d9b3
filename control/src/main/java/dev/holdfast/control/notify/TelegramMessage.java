package dev.holdfast.control.notify;

import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A message of a Telegram bot, in its HTML; at most 4096 characters after entities are read. */
final class TelegramMessage {
    private static final int TITLE = 300;
    private static final int TEXT = 2500;
    private static final int DETAILS = 1000;

    private TelegramMessage() {}

    static HttpCall call(NotifyConfig.Telegram channel, Notice notice) {
        ObjectNode json = Json.object();
        json.put("chat_id", channel.chat());
        channel.topic().ifPresent(topic -> json.put("message_thread_id", topic));
        json.put("parse_mode", "HTML");
        json.put("text", text(notice));
        json.putObject("link_preview_options").put("is_disabled", true);
        json.put("disable_notification", notice.urgency() == Urgency.GOOD);
        return HttpCall.json(channel.server().with("bot" + channel.token().text() + "/sendMessage"), Json.text(json));
    }

    static Answer answer(Reply reply) {
        JsonNode json = reply.json();
        double seconds = json.path("parameters").path("retry_after").asDouble(0);
        if (reply.status() == 429 && seconds > 0) {
            return new Answer.Later(reply.line(), Pauses.ofSeconds(seconds));
        }
        if (reply.status() == 200 && !json.path("ok").asBoolean(false)) {
            return new Answer.Refused(reply.line(), Optional.empty());
        }
        return reply.answer();
    }

    private static String text(Notice notice) {
        String details = notice.details().stream()
                .map(detail -> detail.label() + ": " + detail.value())
                .collect(Collectors.joining("\n"));
        return "<b>" + Html.escaped(OneLine.of(notice.title(), TITLE)) + "</b>\n"
                + Html.escaped(Cut.to(notice.text(), TEXT))
                + (details.isEmpty() ? "" : "\n\n" + Html.escaped(Cut.to(details, DETAILS)));
    }
}
