package dev.holdfast.control.notify;

import dev.holdfast.control.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call of any HTTP server. {@code Holdfast-Delivery} is the same in each try of one message; {@code Holdfast-Timestamp} and
 * {@code Holdfast-Signature} are made anew for each try:
 *
 * <pre>
 * Holdfast-Timestamp: seconds since 1970
 * Holdfast-Signature: "v1=" hexadecimal( HMAC-SHA-256( key, timestamp "." body ) )
 * </pre>
 */
final class WebhookMessage {
    private static final String HMAC = "HmacSHA256";

    private WebhookMessage() {}

    static HttpCall call(NotifyConfig.Webhook channel, Notice notice, String delivery, Instant now) {
        String body = channel.template()
                .map(template -> template.fill(TemplateValues.of(notice)))
                .orElseGet(() -> document(notice));
        HttpCall call = HttpCall.json(channel.url(), body);
        for (Map.Entry<String, Secret> header : channel.headers().entrySet()) {
            call = call.with(header.getKey(), header.getValue().text());
        }
        String time = Long.toString(now.getEpochSecond());
        HttpCall told = call.with("Holdfast-Delivery", delivery)
                .with("Holdfast-Event", notice.kind().label())
                .with("Holdfast-Timestamp", time);
        return channel.signing()
                .map(key -> told.with("Holdfast-Signature", signature(key, time, body)))
                .orElse(told);
    }

    static String signature(Secret key, String time, String body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key.text().getBytes(StandardCharsets.UTF_8), HMAC));
            mac.update((time + "." + body).getBytes(StandardCharsets.UTF_8));
            return "v1=" + HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + HMAC, e);
        }
    }

    private static String document(Notice notice) {
        ObjectNode json = Json.object();
        json.put("version", 1);
        json.put("event", notice.kind().label());
        json.put("urgency", notice.urgency().label());
        notice.stack().ifPresentOrElse(stack -> json.put("stack", stack), () -> json.putNull("stack"));
        json.put("title", notice.title());
        json.put("text", notice.text());
        json.put("at", notice.at().toString());
        ArrayNode details = json.putArray("details");
        notice.details()
                .forEach(detail ->
                        details.addObject().put("label", detail.label()).put("value", detail.value()));
        notice.incident()
                .ifPresent(incident -> json.putObject("incident")
                        .put("name", incident.name())
                        .put("kind", incident.kind().label())
                        .put("began", incident.began().toString()));
        notice.run()
                .ifPresent(run -> json.putObject("run")
                        .put("id", run.id())
                        .put("kind", run.kind())
                        .put("state", run.state())
                        .put("snapshot", run.snapshot().orElse(null))
                        .put("log", run.logTail()));
        return Json.text(json);
    }
}
