package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.notify.CatalogNotifier;
import dev.holdfast.control.notify.Fact;
import dev.holdfast.control.notify.Reach;
import dev.holdfast.control.notify.RunOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class HistoryTest {
    private static final String INCIDENTS = "/api/v1/incidents";
    private static final String DELIVERIES = "/api/v1/notifications/deliveries";
    private static final String TROUBLES = "/api/v1/notifications/troubles";

    @TempDir
    private Path folder;

    private TestServer server;
    private ApiClient admin;
    private ApiClient ofShop;
    private ApiClient ofOther;
    private CatalogNotifier notifier;
    private HttpServer people;

    /** A channel of the server that refuses everything; failures of two stacks, one of which is over, and a certificate that ends. */
    @BeforeEach
    void start() throws IOException {
        server = new TestServer(folder);
        admin = server.client.as(server.token("anna", Role.ADMIN));
        ofShop = server.client.as(server.token("vera", Role.VIEWER, "shop"));
        ofOther = server.client.as(server.token("otto", Role.VIEWER, "other"));
        people = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        people.createContext("/", exchange -> {
            byte[] said = "no s3cret-hook".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, said.length);
            exchange.getResponseBody().write(said);
            exchange.close();
        });
        people.start();
        admin.post(
                        "/api/v1/notifications/channels",
                        "{\"name\":\"chat\",\"type\":\"slack\",\"settings\":{\"url\":\"http://127.0.0.1:"
                                + people.getAddress().getPort() + "/s3cret-hook\"}}")
                .expect(201);
        notifier =
                new CatalogNotifier(server.catalog, server.book, (from, to) -> List.of(), Reach.ANYWHERE, server.clock);
        for (int i = 0; i < 3; i++) {
            notifier.hear(run("shop", RunOutcome.FAILED));
            server.clock.advance(Duration.ofMinutes(1));
            notifier.hear(run("shop", RunOutcome.SUCCEEDED));
            server.clock.advance(Duration.ofMinutes(1));
        }
        notifier.hear(run("shop", RunOutcome.FAILED));
        notifier.hear(run("gone", RunOutcome.FAILED));
        notifier.hear(new Fact.ExpirySeen(
                Optional.empty(),
                "certificate",
                "cert.pem",
                server.clock.instant().plus(Duration.ofDays(1)),
                server.clock.instant()));
    }

    @AfterEach
    void stop() {
        notifier.close();
        people.stop(0);
        server.close();
    }

    private Fact run(String stack, RunOutcome outcome) {
        return new Fact.RunEnded(
                stack,
                "01j",
                "backup",
                outcome,
                false,
                server.clock.instant(),
                server.clock.instant(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                0,
                0,
                "");
    }

    private static List<String> names(JsonNode page) {
        return page.get("items")
                .valueStream()
                .map(one -> one.get("name").asString() + (one.has("ended") ? " over" : ""))
                .toList();
    }

    @Test
    void incidents_are_listed_with_their_ends_the_newest_first_and_in_pages() {
        assertThat(names(admin.get(INCIDENTS).expect(200).json()))
                .containsExactly(
                        "expiring//certificate/cert.pem",
                        "failure/gone/backup",
                        "failure/shop/backup",
                        "failure/shop/backup over",
                        "failure/shop/backup over",
                        "failure/shop/backup over");
        assertThat(names(admin.get(INCIDENTS + "?open=true").expect(200).json()))
                .hasSize(3);
        assertThat(names(admin.get(INCIDENTS + "?open=false&stack=shop")
                        .expect(200)
                        .json()))
                .hasSize(3);
        List<String> paged = new ArrayList<>();
        String after = "";
        do {
            JsonNode page =
                    admin.get(INCIDENTS + "?limit=2" + after).expect(200).json();
            assertThat(page.get("items").size()).isEqualTo(2);
            page.get("items").forEach(one -> paged.add(one.get("id").asString()));
            after = page.has("next") ? "&after=" + page.get("next").asString() : "";
        } while (!after.isEmpty());
        assertThat(paged).hasSize(6).doesNotHaveDuplicates();
        admin.get(INCIDENTS + "?after=x").expectProblem(400, "usage");
        admin.get(INCIDENTS + "?open=maybe").expectProblem(400, "usage");
    }

    @Test
    void deliveries_say_what_came_of_each_message_and_which_channels_are_in_trouble() throws Exception {
        assertThat(admin.get(DELIVERIES + "?state=waiting&channel=chat")
                        .expect(200)
                        .json()
                        .get("items"))
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.has("next")).isTrue());
        assertThat(admin.get(TROUBLES).expect(200).json().get("items")).isEmpty();
        notifier.start();
        long end = System.nanoTime() + TestServer.patience().toNanos();
        while (!admin.get(DELIVERIES + "?state=waiting")
                .expect(200)
                .json()
                .get("items")
                .isEmpty()) {
            assertThat(System.nanoTime()).as("messages still wait").isLessThan(end);
            Thread.onSpinWait();
        }
        JsonNode failed =
                admin.get(DELIVERIES + "?state=failed&limit=1000").expect(200).json();
        assertThat(failed.get("items")).hasSizeGreaterThan(5).allSatisfy(one -> {
            assertThat(one.get("channel").asString()).isEqualTo("chat");
            assertThat(one.get("answer").asString()).startsWith("HTTP 404: no ").doesNotContain("s3cret");
            assertThat(one.get("attempts").asInt()).isEqualTo(1);
            assertThat(one.has("ended")).isTrue();
            assertThat(one.has("stack")).isFalse();
        });
        JsonNode trouble = admin.get(TROUBLES).expect(200).json().at("/items/0");
        assertThat(trouble.get("lost").asInt()).isEqualTo(failed.get("items").size());
        assertThat(trouble.get("said").asString()).startsWith("HTTP 404");
        assertThat(ofShop.get(TROUBLES).expect(200).json().get("items")).isEmpty();
        assertThat(admin.get(DELIVERIES + "?channel=other").expect(200).json().get("items"))
                .isEmpty();
        assertThat(admin.get(DELIVERIES + "?stack=shop").expect(200).json().get("items"))
                .as("to channels of the stack, which has none")
                .isEmpty();
    }

    @Test
    void who_may_see_some_stacks_sees_their_incidents_and_nothing_of_others_or_of_the_server() {
        assertThat(names(ofShop.get(INCIDENTS).expect(200).json()))
                .hasSize(4)
                .allSatisfy(name -> assertThat(name).startsWith("failure/shop/"));
        assertThat(names(ofOther.get(INCIDENTS).expect(200).json())).isEmpty();
        ofShop.get(INCIDENTS + "?stack=gone").expectProblem(404, "unknown-name");
        ofShop.get(DELIVERIES + "?stack=gone").expectProblem(404, "unknown-name");
        assertThat(ofShop.get(DELIVERIES).expect(200).json().get("items")).isEmpty();
        server.client.get(INCIDENTS).expectProblem(401, "not-signed-in");
    }
}
