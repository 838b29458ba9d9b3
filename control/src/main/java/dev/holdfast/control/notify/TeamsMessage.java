package dev.holdfast.control.notify;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A message to a workflow of Microsoft Teams that posts cards: an Adaptive Card in an attachment, well below 28 KB. */
final class TeamsMessage {
    private static final int TITLE = 300;
    private static final int TEXT = 4000;
    private static final int FACTS = 20;
    private static final int LABEL = 60;
    private static final int VALUE = 200;

    private TeamsMessage() {}

    static HttpCall call(NotifyConfig.Teams channel, Notice notice) {
        ObjectNode json = Json.object().put("type", "message");
        ObjectNode attachment = json.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
        attachment.putNull("contentUrl");
        card(attachment.putObject("content"), notice);
        return HttpCall.json(channel.url(), Json.text(json));
    }

    private static void card(ObjectNode card, Notice notice) {
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("type", "AdaptiveCard").put("version", "1.4");
        card.putObject("msteams").put("width", "Full");
        ArrayNode body = card.putArray("body");
        block(body, Markdown.escaped(OneLine.of(notice.title(), TITLE)))
                .put("weight", "Bolder")
                .put("size", "Medium")
                .put("color", colour(notice.urgency()));
        if (!notice.text().isBlank()) {
            // a line end alone is none in a card
            block(body, Markdown.escaped(Cut.to(notice.text(), TEXT)).replace("\n", "\n\n"));
        }
        if (!notice.details().isEmpty()) {
            ArrayNode facts = body.addObject().put("type", "FactSet").putArray("facts");
            notice.details().stream()
                    .limit(FACTS)
                    .forEach(detail -> facts.addObject()
                            .put("title", Markdown.escaped(OneLine.of(detail.label(), LABEL)))
                            .put("value", Markdown.escaped(OneLine.of(detail.value(), VALUE))));
        }
    }

    private static ObjectNode block(ArrayNode body, String text) {
        return body.addObject().put("type", "TextBlock").put("text", text).put("wrap", true);
    }

    private static String colour(Urgency urgency) {
        return switch (urgency) {
            case GOOD -> "Good";
            case WARNING -> "Warning";
            case URGENT -> "Attention";
        };
    }
}
