package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What arrives at a real server has the form and the limits of each kind of channel. */
class ChannelShapesTest {
    private HttpStand stand;
    private Messenger messenger;

    @BeforeEach
    void begin() throws IOException {
        stand = new HttpStand();
        messenger = new Messenger(Reach.ANYWHERE, Notices.SHORT, InstantSource.fixed(Notices.NOON));
    }

    @AfterEach
    void end() {
        messenger.close();
        stand.close();
    }

    @Test
    void slack_gets_blocks_in_a_coloured_attachment() {
        JsonNode json = sent(new NotifyConfig.Slack("s", stand.url("/services/T0/B0/xyz")), Notices.plain());

        assertThat(stand.only().path()).isEqualTo("/services/T0/B0/xyz");
        assertThat(stand.only().headers().get("Content-Type")).startsWith("application/json");
        assertThat(json.path("text").asString()).isEqualTo("shop: backup failed");
        JsonNode attachment = json.path("attachments").path(0);
        assertThat(attachment.path("color").asString()).isEqualTo("#C62828");
        assertThat(attachment.path("blocks").path(0).path("type").asString()).isEqualTo("header");
        assertThat(attachment.path("blocks").path(1).path("text").path("text").asString())
                .isEqualTo("the bucket does not answer");
        assertThat(attachment
                        .path("blocks")
                        .path(2)
                        .path("fields")
                        .path(0)
                        .path("text")
                        .asString())
                .isEqualTo("*run*\n01j");
    }

    @Test
    void slack_gets_nothing_too_long_and_nobody_is_mentioned() {
        JsonNode json = sent(new NotifyConfig.Slack("s", stand.url("/hook")), Notices.huge());

        assertThat(stand.only().body()).doesNotContain("<!channel>", "<b>");
        JsonNode blocks = json.path("attachments").path(0).path("blocks");
        assertThat(blocks.size()).isLessThanOrEqualTo(50);
        assertThat(blocks.path(0).path("text").path("text").asString().length()).isLessThanOrEqualTo(150);
        assertThat(blocks.path(1).path("text").path("text").asString().length()).isBetween(2000, 3000);
        for (JsonNode block : blocks) {
            assertThat(block.path("fields").size()).isLessThanOrEqualTo(10);
            for (JsonNode field : block.path("fields")) {
                assertThat(field.path("text").asString().length()).isLessThanOrEqualTo(2000);
            }
        }
    }

    @Test
    void discord_gets_an_embed_that_mentions_nobody() {
        stand.says(204, "");
        JsonNode json = sent(new NotifyConfig.Discord("d", stand.url("/api/webhooks/1/abc")), Notices.plain());

        assertThat(json.path("allowed_mentions").path("parse").isArray()).isTrue();
        assertThat(json.path("allowed_mentions").path("parse").size()).isZero();
        JsonNode embed = json.path("embeds").path(0);
        assertThat(embed.path("title").asString()).isEqualTo("shop: backup failed");
        assertThat(embed.path("color").asInt()).isEqualTo(0xC62828);
        assertThat(embed.path("timestamp").asString()).isEqualTo("2026-11-20T12:00:00Z");
        assertThat(embed.path("fields").path(1).path("value").asString()).isEqualTo("3 s");
    }

    @Test
    void discord_gets_at_most_six_thousand_characters() {
        JsonNode json = sent(new NotifyConfig.Discord("d", stand.url("/hook")), Notices.huge());

        JsonNode embed = json.path("embeds").path(0);
        int all = embed.path("title").asString().length()
                + embed.path("description").asString().length();
        for (JsonNode field : embed.path("fields")) {
            assertThat(field.path("name").asString().length()).isBetween(1, 256);
            assertThat(field.path("value").asString().length()).isBetween(1, 1024);
            all += field.path("name").asString().length()
                    + field.path("value").asString().length();
        }
        assertThat(all).isLessThanOrEqualTo(6000);
        assertThat(embed.path("title").asString().length()).isLessThanOrEqualTo(256);
        assertThat(embed.path("fields").size()).isLessThanOrEqualTo(25);
    }

    @Test
    void telegram_gets_html_to_a_chat_and_a_topic() {
        stand.says(200, "{\"ok\":true,\"result\":{}}");
        NotifyConfig channel =
                new NotifyConfig.Telegram("t", stand.url(""), new Secret("123:AbC"), "-100200", Optional.of(7L));
        JsonNode json = sent(channel, Notices.failure("a < b", "x & y"));

        assertThat(stand.only().path()).isEqualTo("/bot123:AbC/sendMessage");
        assertThat(json.path("chat_id").asString()).isEqualTo("-100200");
        assertThat(json.path("message_thread_id").asLong()).isEqualTo(7);
        assertThat(json.path("parse_mode").asString()).isEqualTo("HTML");
        assertThat(json.path("text").asString()).startsWith("<b>a &lt; b</b>\nx &amp; y\n\nrun: 01j");
    }

    @Test
    void telegram_gets_at_most_4096_characters_once_entities_are_read() {
        stand.says(200, "{\"ok\":true}");
        NotifyConfig channel =
                new NotifyConfig.Telegram("t", stand.url(""), new Secret("123:AbC"), "@ops", Optional.empty());
        String text = sent(channel, Notices.huge()).path("text").asString();

        String read = text.replaceAll("</?b>", "").replaceAll("&[a-z0-9#]+;", "x");
        assertThat(read.length()).isLessThanOrEqualTo(4096);
        assertThat(text.replace("<b>", "").replace("</b>", "")).doesNotContain("<", ">");
    }

    @Test
    void teams_gets_an_adaptive_card_below_28_kilobytes() {
        stand.says(202, "");
        NotifyConfig channel =
                new NotifyConfig.Teams("t", stand.url("/workflows/abc/triggers/manual?sig=secret-signature"));
        JsonNode json = sent(channel, Notices.huge());

        assertThat(stand.only().query()).isEqualTo("sig=secret-signature");
        assertThat(stand.only().body().getBytes(StandardCharsets.UTF_8).length).isLessThan(28_000);
        assertThat(json.path("type").asString()).isEqualTo("message");
        JsonNode attachment = json.path("attachments").path(0);
        assertThat(attachment.path("contentType").asString()).isEqualTo("application/vnd.microsoft.card.adaptive");
        assertThat(attachment.path("contentUrl").isNull()).isTrue();
        JsonNode card = attachment.path("content");
        assertThat(card.path("type").asString()).isEqualTo("AdaptiveCard");
        assertThat(card.path("version").asString()).isEqualTo("1.4");
        assertThat(card.path("body").path(0).path("type").asString()).isEqualTo("TextBlock");
        assertThat(card.path("body").path(0).path("color").asString()).isEqualTo("Warning");
        assertThat(card.path("body").path(2).path("type").asString()).isEqualTo("FactSet");
    }

    @Test
    void mattermost_gets_an_attachment_that_every_version_takes() {
        JsonNode json = sent(
                new NotifyConfig.Mattermost("m", stand.url("/hooks/abc"), Optional.of("town-square")), Notices.huge());

        assertThat(json.path("channel").asString()).isEqualTo("town-square");
        JsonNode attachment = json.path("attachments").path(0);
        assertThat(attachment.path("fallback").asString()).isNotEmpty();
        assertThat(Json.text(json.path("attachments")).length()).isLessThanOrEqualTo(7900);
        assertThat(stand.only().body()).doesNotContain("@everyone", "@channel");
    }

    @Test
    void ntfy_gets_json_at_its_root_with_topic_and_priority() {
        NotifyConfig channel = new NotifyConfig.Ntfy(
                "n", stand.url("/"), new Secret("backups"), Optional.of(new Secret("tk_abc")), Optional.empty());
        JsonNode json = sent(channel, Notices.plain());

        assertThat(stand.only().path()).isEqualTo("/");
        assertThat(stand.only().headers()).containsEntry("Authorization", "Bearer tk_abc");
        assertThat(json.path("topic").asString()).isEqualTo("backups");
        assertThat(json.path("title").asString()).isEqualTo("shop: backup failed");
        assertThat(json.path("message").asString()).isEqualTo("the bucket does not answer\n\nrun: 01j\ntook: 3 s");
        assertThat(json.path("priority").asInt()).isEqualTo(5);
        assertThat(json.path("tags").path(0).asString()).isEqualTo("rotating_light");
    }

    @Test
    void ntfy_gets_a_message_and_no_file() {
        NotifyConfig channel = new NotifyConfig.Ntfy(
                "n",
                stand.url(""),
                new Secret("backups"),
                Optional.empty(),
                Optional.of(new Login("phil", new Secret("my pass"))));
        JsonNode json = sent(channel, Notices.huge());

        assertThat(stand.only().headers()).containsEntry("Authorization", "Basic cGhpbDpteSBwYXNz");
        assertThat(json.path("message").asString().getBytes(StandardCharsets.UTF_8).length)
                .isLessThan(4096);
    }

    @Test
    void gotify_gets_plain_text_with_the_token_in_a_header() {
        JsonNode json =
                sent(new NotifyConfig.Gotify("g", stand.url("/gotify/"), new Secret("Atoken")), Notices.plain());

        assertThat(stand.only().path()).isEqualTo("/gotify/message");
        assertThat(stand.only().headers()).containsEntry("X-Gotify-Key", "Atoken");
        assertThat(json.path("priority").asInt()).isEqualTo(8);
        assertThat(json.path("extras")
                        .path("client::display")
                        .path("contentType")
                        .asString())
                .isEqualTo("text/plain");
    }

    @Test
    void healthchecks_hears_start_success_and_failure_of_one_run() {
        NotifyConfig.Ping check = healthchecks();
        messenger.ping(check, signal(Signal.Moment.START, ""));
        messenger.ping(check, signal(Signal.Moment.SUCCESS, "log"));
        messenger.ping(check, signal(Signal.Moment.FAILURE, "log"));
        messenger.ping(check, signal(Signal.Moment.TEST, ""));

        assertThat(stand.asked())
                .extracting(HttpStand.Asked::path)
                .containsExactly("/uuid-1/start", "/uuid-1", "/uuid-1/fail", "/uuid-1/log");
        assertThat(stand.asked()).extracting(HttpStand.Asked::method).containsOnly("POST");
        assertThat(stand.asked()).extracting(HttpStand.Asked::query).containsOnly("rid=" + PingMessage.runUuid("01j"));
    }

    @Test
    void healthchecks_gets_the_end_of_a_log_that_is_too_long() {
        String log = IntStream.range(0, 9000)
                .mapToObj(i -> "line " + i + " \u00e4\n")
                .collect(Collectors.joining());
        messenger.ping(healthchecks(), signal(Signal.Moment.FAILURE, log));

        String body = stand.only().body();
        assertThat(body.getBytes(StandardCharsets.UTF_8).length).isBetween(8000, 10_000);
        assertThat(body).startsWith("shop: backup failed: no space\n\nline ").endsWith("line 8999 \u00e4\n");
    }

    @Test
    void healthchecks_that_knows_no_such_check_has_not_taken_the_ping() {
        stand.says(200, "OK (not found)").says(200, "OK (rate limited)").says(200, "OK");

        assertThat(messenger.ping(healthchecks(), signal(Signal.Moment.START, "")))
                .isInstanceOf(Answer.Refused.class);
        assertThat(messenger.ping(healthchecks(), signal(Signal.Moment.START, "")))
                .isInstanceOf(Answer.Later.class);
        assertThat(messenger.ping(healthchecks(), signal(Signal.Moment.START, "")))
                .isInstanceOf(Answer.Taken.class);
    }

    @Test
    void uptime_kuma_hears_up_and_down_even_if_the_url_was_copied_from_its_page() {
        stand.says(200, "{\"ok\":true}").says(200, "{\"ok\":true}");
        NotifyConfig.Ping monitor = kuma("/api/push/tok?status=up&msg=OK&ping=");
        messenger.ping(monitor, signal(Signal.Moment.START, ""));
        messenger.ping(monitor, signal(Signal.Moment.SUCCESS, ""));
        messenger.ping(monitor, signal(Signal.Moment.FAILURE, ""));

        assertThat(stand.asked()).extracting(HttpStand.Asked::method).containsExactly("GET", "GET");
        assertThat(stand.asked())
                .extracting(HttpStand.Asked::query)
                .containsExactly(
                        "status=up&msg=shop%3A%20backup%20failed%3A%20no%20space&ping=42000",
                        "status=down&msg=shop%3A%20backup%20failed%3A%20no%20space&ping=42000");
    }

    @Test
    void uptime_kuma_that_knows_no_such_monitor_is_not_asked_again() {
        stand.says(500, "{\"ok\":false,\"msg\":\"Monitor not found or not active.\"}")
                .says(200, "<html>");

        assertThat(messenger.ping(kuma("/api/push/x"), signal(Signal.Moment.SUCCESS, "")))
                .isInstanceOf(Answer.Refused.class);
        assertThat(messenger.ping(kuma("/"), signal(Signal.Moment.SUCCESS, ""))).isInstanceOf(Answer.Refused.class);
    }

    private JsonNode sent(NotifyConfig channel, Notice notice) {
        assertThat(messenger.send(channel, notice, "delivery-1")).isInstanceOf(Answer.Taken.class);
        return stand.only().json();
    }

    private NotifyConfig.Ping healthchecks() {
        return new NotifyConfig.Ping("p", PingStyle.HEALTHCHECKS, stand.url("/uuid-1"), Set.of("backup"));
    }

    private NotifyConfig.Ping kuma(String path) {
        return new NotifyConfig.Ping("p", PingStyle.UPTIME_KUMA, stand.url(path), Set.of("backup"));
    }

    private static Signal signal(Signal.Moment moment, String log) {
        return new Signal(moment, "01j", "shop: backup failed: no space", log, Optional.of(Duration.ofSeconds(42)));
    }
}
