package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.Reach;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerChannelsTest {
    @TempDir
    private Path folder;

    private Notifications read(String... variables) {
        return ServerChannels.read(environment(variables), folder).notifications();
    }

    private static Environment environment(String... variables) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            all.put(variables[i], variables[i + 1]);
        }
        return new Environment(all);
    }

    @Test
    void without_variables_nobody_is_told() {
        assertThat(read("SLACK_WEBHOOK_URL", "https://example.org/of-the-stack"))
                .isEqualTo(Notifications.NONE);
    }

    @Test
    void each_variable_makes_a_channel() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        Notifications said = read(
                "HOLDFAST_NOTIFY_WEBHOOK_URL", "https://example.org/hook",
                "HOLDFAST_NOTIFY_WEBHOOK_SIGNING_KEY", "key",
                "HOLDFAST_NOTIFY_SLACK_URL", "https://hooks.slack.com/x",
                "HOLDFAST_NOTIFY_DISCORD_URL", "https://discord.com/x",
                "HOLDFAST_NOTIFY_TEAMS_URL", "https://teams.example.org/x",
                "HOLDFAST_NOTIFY_MATTERMOST_URL", "https://chat.example.org/x",
                "HOLDFAST_NOTIFY_PING_URL", "https://hc-ping.com/x",
                "HOLDFAST_NOTIFY_TELEGRAM_TOKEN", "1:abc",
                "HOLDFAST_NOTIFY_TELEGRAM_CHAT", "-100",
                "HOLDFAST_NOTIFY_NTFY_TOPIC", "topic",
                "HOLDFAST_NOTIFY_GOTIFY_SERVER", "https://gotify.example.org",
                "HOLDFAST_NOTIFY_GOTIFY_TOKEN", "t",
                "HOLDFAST_NOTIFY_MAIL_HOST", "smtp.example.org",
                "HOLDFAST_NOTIFY_MAIL_USER", "backup",
                "HOLDFAST_NOTIFY_MAIL_PASSWORD_FILE", password.toString(),
                "HOLDFAST_NOTIFY_MAIL_TO", "ops@example.org, boss@example.org",
                "HOLDFAST_NOTIFY_EVENTS", "failure, shrank",
                "HOLDFAST_NOTIFY_REMIND", "24h");

        assertThat(said.channels())
                .extracting(NotifyConfig::name)
                .containsExactly(
                        "webhook",
                        "slack",
                        "discord",
                        "teams",
                        "mattermost",
                        "telegram",
                        "ntfy",
                        "gotify",
                        "mail",
                        "ping");
        assertThat(said.reminder()).contains(Duration.ofHours(24));
        assertThat(said.routes())
                .singleElement()
                .satisfies(route ->
                        assertThat(route.kinds()).containsExactlyInAnyOrder(NoticeKind.FAILURE, NoticeKind.SHRANK));
        NotifyConfig.Email mail = (NotifyConfig.Email) said.channel("mail").orElseThrow();
        assertThat(mail.to()).containsExactly("ops@example.org", "boss@example.org");
        assertThat(mail.login().orElseThrow().password().text()).isEqualTo("secret");
    }

    @Test
    void a_file_says_all_that_a_stack_file_can_say_and_variables_add_to_it() throws IOException {
        Files.writeString(folder.resolve("notify.yaml"), """
                notify:
                  channels:
                    ops: {webhook: {url: 'https://example.org/ops'}}
                  routes: [{channels: [ops], events: [failure]}]
                  alarms: {expiry: 30d}
                """);
        Notifications said =
                read("HOLDFAST_NOTIFICATIONS", "notify.yaml", "HOLDFAST_NOTIFY_SLACK_URL", "https://hooks.slack.com/x");

        assertThat(said.channels()).extracting(NotifyConfig::name).containsExactly("ops", "slack");
        assertThat(said.routes()).hasSize(1);
        assertThat(said.alarms().expiry()).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void what_is_wrong_is_told_by_the_name_of_its_variable_and_without_secrets() {
        wrong("HOLDFAST_NOTIFY_SLACK_URL: the address", "HOLDFAST_NOTIFY_SLACK_URL", "hunter2://x");
        wrong(
                "HOLDFAST_NOTIFY_TELEGRAM_TOKEN is set, but not HOLDFAST_NOTIFY_TELEGRAM_CHAT",
                "HOLDFAST_NOTIFY_TELEGRAM_TOKEN",
                "1:hunter2");
        wrong(
                "HOLDFAST_NOTIFY_MAIL_TO is set, but not HOLDFAST_NOTIFY_MAIL_HOST",
                "HOLDFAST_NOTIFY_MAIL_TO",
                "hunter2@x");
        wrong(
                "HOLDFAST_NOTIFY_MAIL_PORT is",
                "HOLDFAST_NOTIFY_MAIL_HOST",
                "h",
                "HOLDFAST_NOTIFY_MAIL_TO",
                "a@b.c",
                "HOLDFAST_NOTIFY_MAIL_PORT",
                "smtp");
        wrong(
                "HOLDFAST_NOTIFY_EVENTS has 'sucess'",
                "HOLDFAST_NOTIFY_SLACK_URL",
                "https://x.org/hunter2",
                "HOLDFAST_NOTIFY_EVENTS",
                "failure,sucess");
        wrong(
                "HOLDFAST_NOTIFY_REMIND is 'daily'",
                "HOLDFAST_NOTIFY_SLACK_URL",
                "https://x.org/hunter2",
                "HOLDFAST_NOTIFY_REMIND",
                "daily");
    }

    private void wrong(String message, String... variables) {
        assertThatThrownBy(() -> read(variables))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void where_channels_may_be_is_said_by_the_environment_and_never_guessed() {
        assertThat(ServerChannels.reach(environment())).isEqualTo(Reach.NO_METADATA);
        assertThat(ServerChannels.reach(environment("HOLDFAST_NOTIFY_REACH", "no-metadata")))
                .isEqualTo(Reach.NO_METADATA);
        assertThat(ServerChannels.reach(environment("HOLDFAST_NOTIFY_REACH", "public")))
                .isEqualTo(Reach.PUBLIC);
        assertThat(ServerChannels.reach(environment("HOLDFAST_NOTIFY_REACH", "anywhere")))
                .isEqualTo(Reach.ANYWHERE);
        assertThatThrownBy(() -> ServerChannels.reach(environment("HOLDFAST_NOTIFY_REACH", "publik")))
                .isInstanceOf(Invalid.class)
                .hasMessage("HOLDFAST_NOTIFY_REACH is 'publik'; expected anywhere, no-metadata or public");
        assertThat(ServerChannels.unknown(environment("HOLDFAST_NOTIFY_REACH", "public")))
                .isEmpty();
    }

    @Test
    void names_that_mean_nothing_are_known_as_such() {
        assertThat(ServerChannels.unknown(environment(
                        "HOLDFAST_NOTIFY_SLAK_URL", "x", "HOLDFAST_NOTIFY_SLACK_URL_FILE", "x", "HOLDFAST_PORT", "1")))
                .containsExactly("HOLDFAST_NOTIFY_SLAK_URL");
    }
}
