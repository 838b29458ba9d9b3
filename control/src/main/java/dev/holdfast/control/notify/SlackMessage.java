package dev.holdfast.control.notify;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message to an incoming webhook of Slack: blocks inside an attachment, which gives them a colour, and a text for
 * notifications. Slack's markup knows three characters to escape; with them gone nobody can be mentioned either.
 */
final class SlackMessage {
    private static final int HEADER = 150;
    private static final int SECTION = 3000;
    private static final int FIELDS = 10;
    private static final int FIELD = 2000;

    private SlackMessage() {}

    static HttpCall call(NotifyConfig.Slack channel, Notice notice) {
        ObjectNode json = Json.object();
        json.put("text", escaped(OneLine.of(notice.title(), SECTION), SECTION));
        ObjectNode attachment = json.putArray("attachments").addObject();
        attachment.put("color", Colour.hex(notice.urgency()));
        ArrayNode blocks = attachment.putArray("blocks");
        ObjectNode header = blocks.addObject().put("type", "header").putObject("text");
        header.put("type", "plain_text")
                .put("text", escaped(OneLine.of(notice.title(), HEADER), HEADER))
                .put("emoji", false);
        if (!notice.text().isBlank()) {
            mrkdwn(blocks.addObject().put("type", "section").putObject("text"), escaped(notice.text(), SECTION));
        }
        details(blocks, notice);
        return HttpCall.json(channel.url(), Json.text(json));
    }

    private static void details(ArrayNode blocks, Notice notice) {
        for (int i = 0; i < notice.details().size() && i < 3 * FIELDS; i += FIELDS) {
            ArrayNode fields = blocks.addObject().put("type", "section").putArray("fields");
            notice.details().stream()
                    .skip(i)
                    .limit(FIELDS)
                    .forEach(detail -> mrkdwn(
                            fields.addObject(),
                            Cut.to(
                                    "*" + escaped(detail.label(), 200) + "*\n" + escaped(detail.value(), FIELD - 300),
                                    FIELD)));
        }
    }

    private static void mrkdwn(ObjectNode text, String words) {
        text.put("type", "mrkdwn").put("text", words).put("verbatim", true);
    }

    /** Cut before it is escaped, so that no escape is cut, and again if escapes made it too long. */
    private static String escaped(String text, int most) {
        int length = most;
        String escaped = escape(Cut.to(text, length));
        while (escaped.length() > most) {
            length -= Math.max(1, (escaped.length() - most) / 5);
            escaped = escape(Cut.to(text, length));
        }
        return escaped;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
