package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessengerTest {
    private HttpStand stand;
    private Messenger messenger;

    @BeforeEach
    void begin() throws IOException {
        stand = new HttpStand();
        messenger = messenger(Reach.ANYWHERE);
    }

    @AfterEach
    void end() {
        messenger.close();
        stand.close();
    }

    @Test
    void a_webhook_is_signed_so_that_the_other_side_can_verify_it() {
        Secret key = new Secret("signing key");
        send(new NotifyConfig.Webhook(
                "w", stand.url("/hook"), Map.of("X-Team", new Secret("ops")), Optional.of(key), Optional.empty()));

        HttpStand.Asked asked = stand.only();
        assertThat(asked.method()).isEqualTo("POST");
        assertThat(asked.headers())
                .containsEntry("X-Team", "ops")
                .containsEntry("Holdfast-Event", "failure")
                .containsEntry("Holdfast-Delivery", "delivery-1")
                .containsEntry("Holdfast-Timestamp", "1795176000")
                .containsEntry("Holdfast-Signature", WebhookMessage.signature(key, "1795176000", asked.body()));
        assertThat(asked.json().path("event").asString()).isEqualTo("failure");
        assertThat(asked.json().path("stack").asString()).isEqualTo("shop");
        assertThat(asked.json().path("run").path("log").asString()).isEqualTo("line 1\nline 2\n");
        assertThat(asked.json().path("incident").path("name").asString()).isEqualTo("failure/shop/backup");
    }

    @Test
    void the_signature_is_the_hmac_that_other_programs_compute() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        assertThat(WebhookMessage.signature(new Secret("secret"), "1700000000", "{\"a\":1}"))
                .isEqualTo("v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686");
    }

    @Test
    void a_template_makes_the_body() {
        Template template = Template.parse(
                "{\"s\":\"${stack}/${run.state}\",\"at\":${at.seconds},\"t\":${text},\"raw\":\"$${stack}\"}");
        send(new NotifyConfig.Webhook("w", stand.url("/"), Map.of(), Optional.empty(), Optional.of(template)));

        assertThat(stand.only().body())
                .isEqualTo(
                        "{\"s\":\"shop/failed\",\"at\":1795176000,\"t\":\"the bucket does not answer\",\"raw\":\"${stack}\"}");
    }

    @Test
    void a_value_cannot_add_to_the_document_of_a_template() {
        Template template = Template.parse("{\"t\":\"${title}\",\"x\":{\"y\":\"\\\"${text}\"}}");
        Notice nasty = Notices.failure("\",\"admin\":true,\"z\":\"", "a\"b\\c\n${stack}\u0000");
        String body = template.fill(TemplateValues.of(nasty));

        assertThat(Json.parse(body).size()).isEqualTo(2);
        assertThat(Json.parse(body).path("t").asString()).isEqualTo(nasty.title());
        assertThat(Json.parse(body).path("x").path("y").asString()).isEqualTo("\"" + nasty.text());
    }

    @Test
    void a_template_that_cannot_work_is_refused_when_it_is_read() {
        for (String wrong :
                new String[] {"{\"a\":\"${nothing}\"}", "{\"a\":\"${stack\"}", "{\"a\":${stack}", "{\"a\":x}", "", "${"
                }) {
            assertThatThrownBy(() -> Template.parse(wrong)).as(wrong).isInstanceOf(Invalid.class);
        }
    }

    @Test
    void headers_that_would_change_the_call_are_refused() {
        for (String name :
                new String[] {"Host", "content-length", "Transfer-Encoding", "Holdfast-Signature", "a b", "a\r\nb", ""
                }) {
            assertThatThrownBy(() -> webhook(Map.of(name, new Secret("x"))))
                    .as(name)
                    .isInstanceOf(Invalid.class);
        }
        assertThatThrownBy(() -> webhook(Map.of("X-A", new Secret("a\r\nX-B: c"))))
                .isInstanceOf(Invalid.class)
                .hasMessageNotContaining("X-B");
    }

    @Test
    void a_passing_fault_is_for_later_and_others_are_refusals() {
        stand.says(503, "busy")
                .says(408, "")
                .says(404, "no")
                .says(401, "")
                .says(501, "")
                .says(400, "bad");

        assertThat(sendOnce()).isInstanceOf(Answer.Later.class);
        assertThat(sendOnce()).isInstanceOf(Answer.Later.class);
        assertThat(sendOnce()).isEqualTo(new Answer.Refused("HTTP 404: no", Optional.empty()));
        assertThat(sendOnce()).isInstanceOf(Answer.Refused.class);
        assertThat(sendOnce()).isInstanceOf(Answer.Refused.class);
        assertThat(sendOnce()).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void the_pause_that_a_server_asks_for_is_read_in_each_of_its_forms() {
        stand.says(429, "", "Retry-After", "17")
                .says(429, "", "Retry-After", "Fri, 20 Nov 2026 12:00:30 GMT")
                .says(429, "", "Retry-After", "soon")
                .says(429, "", "Retry-After", "999999999");

        assertThat(pause(sendOnce())).contains(Duration.ofSeconds(17));
        assertThat(pause(sendOnce())).contains(Duration.ofSeconds(30));
        assertThat(pause(sendOnce())).isEmpty();
        assertThat(pause(sendOnce())).contains(Duration.ofDays(1));
    }

    @Test
    void discord_and_telegram_say_the_pause_in_the_body() {
        stand.says(429, "{\"message\":\"You are being rate limited.\",\"retry_after\":0.65,\"global\":false}")
                .says(429, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":35}}");

        assertThat(pause(send(new NotifyConfig.Discord("d", stand.url("/"))))).contains(Duration.ofMillis(650));
        assertThat(pause(send(new NotifyConfig.Telegram("t", stand.url(""), new Secret("1:a"), "1", Optional.empty()))))
                .contains(Duration.ofSeconds(35));
    }

    @Test
    void telegram_that_says_no_with_a_good_status_has_not_taken_it() {
        stand.says(200, "{\"ok\":false,\"description\":\"chat not found\"}");

        assertThat(send(new NotifyConfig.Telegram("t", stand.url(""), new Secret("1:a"), "1", Optional.empty())))
                .isInstanceOf(Answer.Refused.class);
    }

    @Test
    void a_move_is_not_followed() {
        stand.says(307, "", "Location", stand.url("/elsewhere").uri().toString());

        assertThat(sendOnce()).isInstanceOf(Answer.Refused.class);
        assertThat(stand.asked()).hasSize(1);
    }

    @Test
    void nothing_that_came_back_shows_a_secret() {
        String secret = "/services/T00000000/B11111111/XXXXXXXXXXXXXXXXXXXXXXXX";
        stand.says(404, "no such hook: " + secret + "?token=abcdefghijk");
        NotifyConfig channel = new NotifyConfig.Slack("s", stand.url(secret + "?token=abcdefghijk"));
        Answer answer = send(channel);

        assertThat(answer.said())
                .startsWith("HTTP 404: no such hook")
                .doesNotContain("XXXX", "T00000000", "abcdefghijk");
        assertThat(channel.toString()).doesNotContain("XXXX", "abcdefghijk").contains("127.0.0.1");
        assertThat(new NotifyConfig.Gotify("g", stand.url(""), new Secret("Atoken")).toString())
                .doesNotContain("Atoken");
        assertThat(Template.parse("{\"k\":\"secret-in-template\"}").toString()).doesNotContain("secret-in-template");
    }

    @Test
    void what_cannot_be_reached_is_for_later_and_its_url_is_not_shown() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Answer answer =
                send(new NotifyConfig.Slack("s", ChannelUrl.parse("http://127.0.0.1:" + port + "/very-secret-path")));

        assertThat(answer).isInstanceOf(Answer.Later.class);
        assertThat(answer.said()).doesNotContain("very-secret-path");
    }

    @Test
    void a_server_that_never_answers_and_one_that_never_ends_are_given_up_in_time() throws IOException {
        for (String beginning : new String[] {"", "HTTP/1.1 200 OK\r\nX: "}) {
            try (Trickle trickle = new Trickle(beginning)) {
                long begin = System.nanoTime();
                Answer answer = send(new NotifyConfig.Slack("s", trickle.url()));

                assertThat(answer).isInstanceOf(Answer.Later.class);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
            }
        }
    }

    @Test
    void an_answer_without_end_is_read_only_at_its_beginning() throws IOException {
        try (Trickle trickle = new Trickle("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + "x".repeat(20_000))) {
            assertThat(send(new NotifyConfig.Slack("s", trickle.url()))).isInstanceOf(Answer.Taken.class);
        }
    }

    @Test
    void only_public_addresses_means_the_address_and_not_the_name() {
        for (String host :
                new String[] {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"}) {
            try (Messenger careful = messenger(Reach.PUBLIC)) {
                String port = Integer.toString(stand.url("/").uri().getPort());
                Answer answer = careful.send(
                        new NotifyConfig.Slack("s", ChannelUrl.parse("http://" + host + ":" + port + "/x")),
                        Notices.plain(),
                        "1");
                assertThat(answer).as(host).isNotInstanceOf(Answer.Taken.class);
                if (!host.equals("2130706433")) {
                    assertThat(answer).as(host).isInstanceOf(Answer.Refused.class);
                }
            }
        }
        assertThat(stand.asked()).isEmpty();
    }

    @Test
    void addresses_of_clouds_metadata_are_forbidden_unless_all_are_allowed() throws IOException {
        for (String address : new String[] {
            "169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"
        }) {
            assertThat(Reach.NO_METADATA.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
            assertThat(Reach.PUBLIC.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
            assertThat(Reach.ANYWHERE.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
    }

    @Test
    void private_addresses_are_allowed_unless_only_public_ones_are() throws IOException {
        for (String address : new String[] {
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "::1",
            "fd12::1",
            "fc00::1",
            "0.0.0.0",
            "::",
            "100.64.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::7f00:1"
        }) {
            assertThat(Reach.PUBLIC.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
            assertThat(Reach.NO_METADATA.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
        for (String address :
                new String[] {"1.1.1.1", "93.184.216.34", "2606:4700::1111", "172.32.0.1", "100.128.0.1"}) {
            assertThat(Reach.PUBLIC.allows(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
    }

    @Test
    void an_address_of_a_channel_that_hides_something_is_refused() {
        for (String wrong : new String[] {
            "ftp://h/x",
            "file:///etc/passwd",
            "http://user:pass@h/",
            "//h/x",
            "http:///x",
            "h",
            "",
            "http://h/#x",
            "http://h/a b"
        }) {
            assertThatThrownBy(() -> ChannelUrl.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(Invalid.class)
                    .hasMessageNotContaining("pass@");
        }
    }

    private static Optional<Duration> pause(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Later.class);
        return ((Answer.Later) answer).pause();
    }

    private Answer sendOnce() {
        return send(webhook(Map.of()));
    }

    private NotifyConfig.Webhook webhook(Map<String, Secret> headers) {
        return new NotifyConfig.Webhook("w", stand.url("/hook"), headers, Optional.empty(), Optional.empty());
    }

    private Answer send(NotifyConfig channel) {
        return messenger.send(channel, Notices.plain(), "delivery-1");
    }

    private static Messenger messenger(Reach reach) {
        return new Messenger(reach, Notices.SHORT, InstantSource.fixed(Notices.NOON));
    }

    /** A server that says something and then goes on, a byte now and then, without ever coming to an end. */
    private static final class Trickle implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final String beginning;

        Trickle(String beginning) throws IOException {
            this.beginning = beginning;
            Thread.ofVirtual().start(this::serve);
        }

        ChannelUrl url() {
            return ChannelUrl.parse("http://127.0.0.1:" + socket.getLocalPort() + "/x");
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket one = socket.accept()) {
                    OutputStream out = one.getOutputStream();
                    out.write(beginning.getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    one.setSoTimeout(300);
                    while (!beginning.isEmpty() || one.getInputStream().read() >= 0) {
                        quietly(one);
                        out.write('x');
                        out.flush();
                    }
                } catch (IOException e) {
                    // the caller has gone
                }
            }
        }

        private static void quietly(Socket one) throws IOException {
            try {
                one.getInputStream().read(new byte[4096]);
            } catch (SocketTimeoutException e) {
                // this is the pause between bytes
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
