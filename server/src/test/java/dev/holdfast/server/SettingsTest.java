package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SettingsTest {
    private static final String AT = "/api/v1/settings";

    @TempDir
    private Path folder;

    private TestServer server;
    private ApiClient admin;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(folder);
        admin = server.client.as(server.token("anna", Role.ADMIN));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode value(String name) {
        return value(admin.get(AT).expect(200).json(), name);
    }

    private static JsonNode value(JsonNode settings, String name) {
        return settings.get("values")
                .valueStream()
                .filter(value -> value.get("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_setting_is_changed_shown_kept_and_as_usual_again() {
        assertThat(value("runsAtOnce").get("source").asString()).isEqualTo("default");
        JsonNode changed = admin.send("PATCH", AT, "{\"runsAtOnce\":5,\"publicUrl\":\"https://backup.example.org\"}")
                .expect(200)
                .json();
        assertThat(value(changed, "runsAtOnce").get("value").asInt()).isEqualTo(5);
        assertThat(value("runsAtOnce").get("source").asString()).isEqualTo("stored");
        assertThat(value("publicUrl").get("value").asString()).isEqualTo("https://backup.example.org");
        assertThat(server.services.settings().number(Setting.RUNS_AT_ONCE)).isEqualTo(5);
        admin.send("PATCH", AT, "{\"reset\":[\"publicUrl\"]}").expect(200);
        assertThat(value("publicUrl").has("value")).isFalse();
        assertThat(value("runsAtOnce").get("value").asInt()).isEqualTo(5);
    }

    @Test
    void what_cannot_be_is_refused_and_changes_nothing() {
        for (String body : List.of(
                "{\"runsAtOnce\":0}",
                "{\"runsAtOnce\":65}",
                "{\"runsAtOnce\":\"many\"}",
                "{\"runsAtOnce\":5,\"port\":1}",
                "{\"keepAuditDays\":1}",
                "{\"reset\":[\"port\"]}")) {
            admin.send("PATCH", AT, body).expectProblem(400, "usage");
        }
        admin.send("PATCH", AT, "{\"runsAtOnce\":5,\"publicUrl\":\"ftp://x\"}")
                .expectProblem(400, "configuration-invalid");
        assertThat(value("runsAtOnce").get("source").asString()).isEqualTo("default");
    }

    @Test
    void only_administrators_of_everything_see_and_change_settings() {
        for (String token : List.of(server.token("olga", Role.OPERATOR), server.token("rita", Role.ADMIN, "shop"))) {
            server.client.as(token).get(AT).expectProblem(403, "forbidden");
            server.client.as(token).send("PATCH", AT, "{\"runsAtOnce\":5}").expectProblem(403, "forbidden");
        }
        assertThat(value("runsAtOnce").get("source").asString()).isEqualTo("default");
    }

    @Test
    void the_audit_trail_has_what_was_changed() {
        admin.send("PATCH", AT, "{\"keepLogsDays\":90,\"reset\":[\"runsAtOnce\"]}")
                .expect(200);
        assertThat(admin.get("/api/v1/audit?action=changeSettings").expect(200).text())
                .contains("keepLogsDays=90")
                .contains("reset=runsAtOnce")
                .contains("anna");
    }

    @Test
    void the_contract_has_every_setting_with_its_bounds() {
        JsonNode schema = server.server.contract().document().at("/components/schemas/SettingsChange/properties");
        assertThat(schema.propertyStream().map(field -> field.getKey()).filter(name -> !name.equals("reset")))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Setting.values()).map(Setting::label).toList());
        assertThat(schema.at("/reset/items/enum").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Setting.values()).map(Setting::label).toList());
        for (Setting setting : Setting.values()) {
            if (setting.form() == Setting.Form.NUMBER) {
                assertThat(schema.get(setting.label()).get("minimum").asInt()).isEqualTo(setting.least());
                assertThat(schema.get(setting.label()).get("maximum").asInt()).isEqualTo(setting.most());
            }
        }
    }

    @Test
    void the_page_has_every_setting_with_its_variable_and_what_is_usual() throws IOException {
        String page = Files.readString(Path.of("../docs/server.md"));
        for (JsonNode value : admin.get(AT).expect(200).json().get("values")) {
            String name = value.get("name").asString();
            String row = "| `" + name + "` | `" + value.get("variable").asString() + "` |";
            assertThat(page).contains(row);
            if (!name.equals("publicUrl") && !name.equals("runsAtOnce")) {
                String line =
                        page.substring(page.indexOf(row)).lines().findFirst().orElseThrow();
                assertThat(line).contains("; " + value.get("value").asInt());
            }
        }
    }

    @Test
    void the_recovery_code_is_reminded_of_until_an_administrator_says_that_it_is_noted_down() {
        String at = "/api/v1/stacks/shop/recovery-code/acknowledge";
        assertThat(stack().has("recoveryCode")).isFalse();
        admin.post(at).expectProblem(404, "unknown-name");
        server.codes.kept.put("shop", false);
        assertThat(stack().get("recoveryCode").asString()).isEqualTo("unsaved");
        server.client.as(server.token("olga", Role.OPERATOR)).post(at).expectProblem(403, "forbidden");
        assertThat(stack().get("recoveryCode").asString()).isEqualTo("unsaved");
        admin.post(at).expect(204);
        assertThat(stack().get("recoveryCode").asString()).isEqualTo("saved");
        assertThat(admin.get("/api/v1/audit?action=acknowledgeRecoveryCode&outcome=done&stack=shop")
                        .expect(200)
                        .json()
                        .get("items"))
                .hasSize(1);
    }

    private JsonNode stack() {
        return admin.get("/api/v1/status").expect(200).json().at("/stacks/0");
    }
}
