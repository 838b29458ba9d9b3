package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A channel of the whole server that is made while it runs. */
@ExtendWith(Stands.Provided.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Order(7)
class ChannelsIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CHANNELS = "/api/v1/notifications/channels";
    private static final String INCIDENT = "failure/shop/backup";

    private static String backup(Served served) {
        ObjectNode order = JSON.createObjectNode().put("stack", "shop").put("kind", "backup");
        return served.post(202, "/api/v1/runs", order).path("id").asString("");
    }

    @Test
    void a_channel_made_by_the_api_is_told_at_once_and_after_a_restart_until_it_is_removed(Stands stands)
            throws Exception {
        try (Stack stack = Stack.on(stands, "channels")) {
            Receiver people = stack.closing(new Receiver());
            stack.uploads().fill(3);
            stack.describe("""
                    stack: shop
                    schedule: never
                    retry: {attempts: 0}
                    sources:
                      %s
                    repository:
                      destinations:
                        %s
                    """.formatted(stack.folderSource(), stack.diskDestination()));
            stack.init();
            Path state = stack.folder().resolve("state");
            Path away = stack.uploads().root().resolveSibling("uploads-away");
            try (Served served = Served.start(stack, state, Map.of())) {
                ObjectNode draft = JSON.createObjectNode().put("name", "people").put("type", "webhook");
                draft.putObject("settings").put("url", people.url() + "s3cret-path");
                JsonNode made = served.post(201, CHANNELS, draft);
                assertThat(made.toString()).doesNotContain("s3cret-path");
                assertThat(served.post(
                                        200,
                                        "/api/v1/notifications/test",
                                        JSON.createObjectNode().put("channel", "people"))
                                .path("taken")
                                .asBoolean(false))
                        .isTrue();

                Files.move(stack.uploads().root(), away);
                assertThat(served.ended(backup(served)).path("state").asString(""))
                        .isEqualTo("failed");
                Until.met(
                        "people are told",
                        () -> !people.told("failure", INCIDENT).isEmpty());
                assertThat(served.get("/api/v1/incidents?open=true")
                                .path("items")
                                .size())
                        .isEqualTo(1);
                assertThat(stack.run("incidents", "--state", state.toString())
                                .succeeded()
                                .toString())
                        .contains("shop: backup failed");
                served.terminate().succeeded();
            }
            try (Served served = Served.start(stack, state, Map.of())) {
                Files.move(away, stack.uploads().root());
                served.succeeded(backup(served));
                Until.met(
                        "people are told that it is over",
                        () -> !people.told("recovered", INCIDENT).isEmpty());
                Until.met(
                        "both messages are known as delivered",
                        () -> served.get("/api/v1/notifications/deliveries?channel=people&state=delivered")
                                        .path("items")
                                        .size()
                                == 2);
                served.delete(204, CHANNELS + "/people?revision=1");
                assertThat(served.get(CHANNELS).path("items").isEmpty()).isTrue();
                Files.move(stack.uploads().root(), away);
                served.ended(backup(served));
                Until.met(
                        "it goes on",
                        () -> served.get("/api/v1/incidents?open=true")
                                        .path("items")
                                        .size()
                                == 1);
                assertThat(people.told("failure", INCIDENT))
                        .as(people.toString())
                        .hasSize(1);
                assertThat(served.log()).doesNotContain("s3cret-path");
                served.terminate().succeeded();
            }
            assertThat(Shell.tried("grep", "-rl", "s3cret-path", state.toString()))
                    .as("files with the secret in them")
                    .isEmpty();
        }
    }
}
