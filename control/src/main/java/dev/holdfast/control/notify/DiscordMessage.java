package dev.holdfast.control.notify;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A message to a webhook of Discord: one embed, whose texts together are shorter than 6000 characters; it mentions nobody. */
final class DiscordMessage {
    private static final int TITLE = 256;
    private static final int DESCRIPTION = 2500;
    private static final int FIELDS = 10;
    private static final int NAME = 60;
    private static final int VALUE = 240;

    private DiscordMessage() {}

    static HttpCall call(NotifyConfig.Discord channel, Notice notice) {
        ObjectNode json = Json.object().put("username", "Holdfast");
        json.putObject("allowed_mentions").putArray("parse");
        ObjectNode embed = json.putArray("embeds").addObject();
        embed.put("title", Markdown.escaped(OneLine.of(notice.title(), TITLE), TITLE));
        embed.put("description", Markdown.escaped(notice.text(), DESCRIPTION));
        embed.put("color", Colour.rgb(notice.urgency()));
        embed.put("timestamp", notice.at().toString());
        ArrayNode fields = embed.putArray("fields");
        notice.details().stream()
                .limit(FIELDS)
                .forEach(detail -> fields.addObject()
                        .put("name", filled(Markdown.escaped(detail.label(), NAME)))
                        .put("value", filled(Markdown.escaped(detail.value(), VALUE)))
                        .put("inline", detail.value().length() < 30));
        return HttpCall.json(channel.url(), Json.text(json));
    }

    /** It refuses fields that are empty. */
    private static String filled(String text) {
        return text.isBlank() ? "-" : text;
    }

    /** The pause it asks for stands in the body too, in seconds with a fraction. */
    static Answer answer(Reply reply) {
        double seconds = reply.json().path("retry_after").asDouble(0);
        return reply.status() == 429 && reply.retryAfter().isEmpty() && seconds > 0
                ? new Answer.Later(reply.line(), Pauses.ofSeconds(seconds))
                : reply.answer();
    }
}
