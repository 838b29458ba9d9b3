package dev.holdfast.control.notify;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A ping to a monitor. */
final class PingMessage {
    /** What servers of one's own keep unless told otherwise; the hosted one keeps ten times as much. */
    private static final int LOG = 10_000;

    private static final int MESSAGE = 200;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Set<String> OURS = Set.of("status", "msg", "ping");

    private PingMessage() {}

    /** The call; empty if the monitor knows nothing of this moment. */
    static Optional<HttpCall> call(NotifyConfig.Ping channel, Signal signal) {
        return switch (channel.style()) {
            case HEALTHCHECKS -> Optional.of(healthchecks(channel.url(), signal));
            case UPTIME_KUMA -> uptimeKuma(channel.url(), signal);
        };
    }

    /** What a notice is to a monitor: only a try of the channel, which changes nothing at a monitor that can tell. */
    static Signal signal(Notice notice, String delivery) {
        return new Signal(Signal.Moment.TEST, delivery, notice.title(), "", Optional.empty());
    }

    static Answer answer(NotifyConfig.Ping channel, Reply reply) {
        return switch (channel.style()) {
            case HEALTHCHECKS -> answerOfHealthchecks(reply);
            case UPTIME_KUMA -> answerOfUptimeKuma(reply);
        };
    }

    private static HttpCall healthchecks(ChannelUrl check, Signal signal) {
        ChannelUrl url = switch (signal.moment()) {
            case START -> check.with("start");
            case SUCCESS -> check;
            case FAILURE -> check.with("fail");
            case TEST -> check.with("log");
        };
        String body = signal.text() + (signal.log().isEmpty() ? "" : "\n\n" + signal.log());
        String small = signal.text() + "\n\n" + Cut.tail(signal.log(), LOG - MESSAGE * 4 - 2);
        String sent = body.getBytes(StandardCharsets.UTF_8).length <= LOG ? body : Cut.toBytes(small, LOG);
        return HttpCall.text(url.asking("rid=" + runUuid(signal.run())), sent);
    }

    /** It takes ids of runs only in the form of a UUID, and pairs start and end by it. */
    static UUID runUuid(String run) {
        return UUID.nameUUIDFromBytes(run.getBytes(StandardCharsets.UTF_8));
    }

    /** It says 200 to everything, for old clients. */
    private static Answer answerOfHealthchecks(Reply reply) {
        String body = reply.body().strip();
        if (reply.status() == 200 && body.equals("OK (not found)")) {
            return new Answer.Refused(reply.line(), Optional.of("there is no such check; look at the URL."));
        }
        if (reply.status() == 200 && body.equals("OK (rate limited)")) {
            return new Answer.Later(reply.line(), Optional.of(Duration.ofMinutes(1)));
        }
        return reply.answer();
    }

    private static Optional<HttpCall> uptimeKuma(ChannelUrl monitor, Signal signal) {
        return signal.moment() == Signal.Moment.START
                ? Optional.empty()
                : Optional.of(HttpCall.get(bare(monitor).asking(query(signal))));
    }

    private static String query(Signal signal) {
        String status = signal.moment() == Signal.Moment.FAILURE ? "down" : "up";
        String ping = signal.took()
                .map(took -> Long.toString(Math.clamp(took.toMillis(), 0, LONGEST.toMillis())))
                .orElse("");
        return "status=" + status + "&msg=" + encoded(OneLine.of(signal.text(), MESSAGE)) + "&ping=" + ping;
    }

    /** Its own page shows the URL with these in it, so that is what people copy. */
    private static ChannelUrl bare(ChannelUrl monitor) {
        String query = monitor.uri().getRawQuery();
        if (query == null) {
            return monitor;
        }
        String rest = Arrays.stream(query.split("&"))
                .filter(pair -> !OURS.contains(pair.split("=", 2)[0]))
                .collect(Collectors.joining("&"));
        return ChannelUrl.parse(monitor.origin() + monitor.uri().getRawPath() + (rest.isEmpty() ? "" : "?" + rest));
    }

    /** An unknown monitor is a 500 to it. */
    private static Answer answerOfUptimeKuma(Reply reply) {
        JsonNode json = reply.json();
        boolean unknown = json.path("msg").asString("").contains("not found or not active");
        if (unknown) {
            return new Answer.Refused(reply.line(), Optional.of("look at the URL, and whether the monitor is paused."));
        }
        return reply.status() == 200 && !json.path("ok").asBoolean(false)
                ? new Answer.Refused(reply.line(), Optional.of("it is not the push URL of a monitor."))
                : reply.answer();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
