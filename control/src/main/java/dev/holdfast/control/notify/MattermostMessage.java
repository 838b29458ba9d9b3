package dev.holdfast.control.notify;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A message to an incoming webhook of Mattermost: one attachment, as JSON below the 7900 characters that all versions take. */
final class MattermostMessage {
    private static final int TITLE = 200;
    private static final int TEXT = 2500;
    private static final int FIELDS = 10;
    private static final int LABEL = 50;
    private static final int VALUE = 150;

    private MattermostMessage() {}

    static HttpCall call(NotifyConfig.Mattermost channel, Notice notice) {
        ObjectNode json = Json.object().put("username", "Holdfast");
        channel.channel().ifPresent(name -> json.put("channel", name));
        ObjectNode attachment = json.putArray("attachments").addObject();
        attachment.put("fallback", Markdown.escaped(OneLine.of(notice.title(), TITLE)));
        attachment.put("color", Colour.hex(notice.urgency()));
        attachment.put("title", Markdown.escaped(OneLine.of(notice.title(), TITLE)));
        attachment.put("text", Markdown.escaped(notice.text(), TEXT));
        ArrayNode fields = attachment.putArray("fields");
        notice.details().stream()
                .limit(FIELDS)
                .forEach(detail -> fields.addObject()
                        .put("title", Markdown.escaped(OneLine.of(detail.label(), LABEL)))
                        .put("value", Markdown.escaped(detail.value(), VALUE))
                        .put("short", detail.value().length() < 30));
        return HttpCall.json(channel.url(), Json.text(json));
    }
}
