package dev.holdfast.control.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Catalogs;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.ServerChannels;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.notify.ChannelUrl;
import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.Route;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ChannelsTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
    private static final String HOOK = "https://hooks.slack.com/services/T00/B00/abcdefghijkl";

    @TempDir
    private Path folder;

    private Channels channels(Catalog catalog, String... variables) {
        Environment environment =
                new Environment(variables.length == 0 ? Map.of() : Map.of(variables[0], variables[1]));
        return Channels.in(
                catalog,
                Seal.with(folder.resolve("catalog.key"), new SecureRandom()),
                new StackFileReader(environment),
                folder,
                ServerChannels.read(environment, folder),
                CLOCK);
    }

    private static ChannelText text(String type, String settings, String... events) {
        return new ChannelText(type, (ObjectNode) JsonMapper.shared().readTree(settings), List.of(events));
    }

    private static ChannelText slack() {
        return text("slack", "{\"url\":\"" + HOOK + "\"}");
    }

    private static final String MAIL = """
            {"host":"smtp.example.org","user":"backup","from":"backup@example.org","to":["ops@example.org"]%s}""";

    private static ChannelText mail(String more) {
        return text("email", MAIL.formatted(more));
    }

    private static NotifyConfig.Email stored(Channels channels) {
        return (NotifyConfig.Email) channels.notifications().channel("mail").orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void a_channel_holds_at_once_also_at_a_second_server_and_after_a_restart_until_it_is_removed(Catalogs kind) {
        CatalogPlace place = kind.place(folder);
        try (Catalog one = Catalog.open(place);
                Catalog other = Catalog.open(place)) {
            Channels here = channels(one);
            Channels there = channels(other);
            assertThat(there.notifications().channels()).isEmpty();

            ChannelRecord made = here.create("chat", text("slack", "{\"url\":\"" + HOOK + "\"}", "failure"), "anna");
            assertThat(made.revision()).contains(1L);
            for (Channels all : List.of(here, there, channels(other))) {
                assertThat(all.notifications().channel("chat"))
                        .contains(new NotifyConfig.Slack("chat", ChannelUrl.parse(HOOK)));
                assertThat(all.notifications().routes())
                        .containsExactly(new Route(List.of("chat"), Set.of(NoticeKind.FAILURE)));
            }

            there.change(
                    "chat", text("discord", "{\"url\":\"https://discord.com/api/webhooks/1/x\"}"), Set.of(), 1, "bert");
            assertThat(here.notifications().channel("chat").map(NotifyConfig::type))
                    .contains("discord");
            assertThat(here.notifications().routes()).isEmpty();

            // made anew under its name: nobody takes it for the one that was there
            here.remove("chat", 2);
            here.create("chat", slack(), "anna");
            assertThat(there.notifications().channel("chat").map(NotifyConfig::type))
                    .contains("slack");
            here.remove("chat", 1);
            assertThat(there.notifications().channels()).isEmpty();
            assertThat(there.list()).isEmpty();
        }
    }

    @Test
    void secrets_are_never_shown_and_are_sealed_in_the_catalog() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels channels = channels(catalog);
            channels.create("mail", mail(",\"password\":\"s3cret-of-mail\""), "anna");
            channels.create("chat", slack(), "anna");
            channels.create("hook", text("webhook", """
                            {"url":"https://example.org/s3cret-path","headers":{"Authorization":"s3cret-header"},
                             "signing-key":"s3cret-key","template":"{\\"routing_key\\":\\"s3cret-routing\\"}"}"""), "anna");
            channels.create("gram", text("telegram", """
                            {"token":"123:s3cret-token","chat":"-1001","topic":7}"""), "anna");
            channels.create("push", text("ntfy", """
                            {"server":"https://ntfy.example.org/s3cret-base","topic":"s3cret-topic","token":"s3cret-x"}"""), "anna");
            channels.create("bell", text("gotify", """
                            {"server":"https://gotify.example.org","token":"s3cret-gotify"}"""), "anna");

            assertThat(channels.list().toString()).doesNotContain("s3cret", "abcdefghijkl");
            assertThat(channels.show("mail").settings().keySet())
                    .containsExactlyInAnyOrder("host", "user", "from", "to");
            assertThat(channels.show("mail").secrets()).containsExactly("password");
            assertThat(channels.show("hook").secrets())
                    .containsExactly("headers.Authorization", "signing-key", "template", "url");
            assertThat(channels.show("gram").settings().keySet()).containsExactlyInAnyOrder("chat", "topic");
            assertThat(channels.show("push").secrets()).containsExactly("server", "token", "topic");
            assertThat(channels.show("bell").settings().keySet()).containsExactly("server");
            List<String> kept = catalog.jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT content FROM notify_channel")
                            .mapTo(String.class)
                            .list());
            assertThat(kept)
                    .hasSize(6)
                    .allSatisfy(row -> assertThat(row).startsWith("v1.").doesNotContain("s3cret"));
            assertThat(new ChannelText("slack", slack().settings(), List.of()).toString())
                    .doesNotContain("hooks");
        }
    }

    @Test
    void a_change_keeps_the_secrets_that_it_leaves_out_and_drops_those_that_it_names() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels channels = channels(catalog);
            channels.create("mail", mail(",\"password\":\"one\""), "anna");

            channels.change("mail", text("email", """
                            {"host":"smtp.example.org","user":"backup","from":"backup@example.org","to":["new@example.org"]}"""), Set.of(), 1, "anna");
            assertThat(stored(channels).login().orElseThrow().password()).isEqualTo(new Secret("one"));
            assertThat(stored(channels).to()).containsExactly("new@example.org");

            channels.change("mail", mail(",\"password\":\"two\""), Set.of(), 2, "anna");
            assertThat(stored(channels).login().orElseThrow().password()).isEqualTo(new Secret("two"));

            channels.create("hook", text("webhook", """
                            {"url":"https://example.org/x","signing-key":"key"}"""), "anna");
            channels.change("hook", text("webhook", "{}"), Set.of("signing-key"), 1, "anna");
            assertThat(channels.show("hook").secrets()).containsExactly("url");
        }
    }

    /** Otherwise who may change a channel could have its password sent to a server of their own. */
    @Test
    void a_secret_that_nobody_wrote_again_does_not_follow_to_another_address() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels channels = channels(catalog);
            channels.create("mail", mail(",\"password\":\"one\""), "anna");
            channels.create("hook", text("webhook", """
                            {"url":"https://example.org/x","headers":{"Authorization":"Bearer x"}}"""), "anna");
            channels.create("bell", text("gotify", """
                            {"server":"https://gotify.example.org","token":"one"}"""), "anna");
            channels.create("push", text("ntfy", """
                            {"server":"https://ntfy.example.org/base","topic":"one"}"""), "anna");

            String other = MAIL.formatted("").replace("smtp.example.org", "evil.example.org");
            for (String moved : List.of(
                    other,
                    MAIL.formatted(",\"port\":2525"),
                    MAIL.formatted(",\"security\":\"none\""),
                    MAIL.formatted("").replace("\"backup\"", "\"other\""))) {
                assertThatThrownBy(() -> channels.change("mail", text("email", moved), Set.of(), 1, "anna"))
                        .as(moved)
                        .isInstanceOf(Invalid.class)
                        .hasMessageContaining("'password' was not meant for that");
            }
            refused(channels, "hook", text("webhook", "{\"url\":\"https://evil.example.org/x\"}"));
            refused(channels, "bell", text("gotify", "{\"server\":\"https://evil.example.org\"}"));
            refused(channels, "push", text("ntfy", "{\"server\":\"https://evil.example.org\"}"));
            // another kind of channel knows nothing of the secrets of this one
            assertThatThrownBy(() -> channels.change(
                            "bell", text("ntfy", "{\"server\":\"https://evil.example.org\"}"), Set.of(), 1, "anna"))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("missing key 'topic'");
            assertThat(channels.list())
                    .allSatisfy(one -> assertThat(one.revision()).contains(1L));

            channels.change("push", text("ntfy", "{\"token\":\"more\"}"), Set.of(), 1, "anna");
            assertThat(channels.notifications().channel("push"))
                    .contains(new NotifyConfig.Ntfy(
                            "push",
                            ChannelUrl.parse("https://ntfy.example.org/base"),
                            new Secret("one"),
                            Optional.of(new Secret("more")),
                            Optional.empty()));
        }
    }

    private static void refused(Channels channels, String name, ChannelText change) {
        assertThatThrownBy(() -> channels.change(name, change, Set.of(), 1, "anna"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("was not meant for that");
    }

    @Test
    void what_is_wrong_is_said_as_for_a_stack_file_without_the_secret_and_stores_nothing() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels channels = channels(catalog);
            wrong(channels, text("slack", "{}"), "missing key 'url' in 'notify.channels.new.slack'");
            wrong(channels, text("slack", "{\"url\":\"s3cret\"}"), "the address of a channel is not a usable URL");
            wrong(channels, text("slack", "{\"url\":\"https://x.org/s3cret\",\"chanel\":1}"), "unknown key 'notify");
            wrong(channels, text("slack", "{\"url\":{\"a\":\"s3cret\"}}"), "must be a single value, not a map");
            wrong(channels, mail(""), "has only one of 'user' and 'password'");
            wrong(channels, mail(",\"password\":\"s3cret\",\"port\":70000"), "expected a whole number from 1 to 65535");
            wrong(channels, text("telegram", "{\"token\":\"s3cret\",\"chat\":\"1\"}"), "not one of a Telegram bot");
            wrong(channels, text("webhook", "{\"url\":\"https://x.org\",\"headers\":{\"Host\":\"s3cret\"}}"), "'Host'");
            wrong(
                    channels,
                    text("webhook", "{\"url\":\"https://x.org\",\"headers\":{\"X\":\"s3cret\\r\\nHost: y\"}}"),
                    "its value has characters that a header cannot have");
            wrong(channels, text("slack", "{\"url\":\"" + HOOK + "\"}", "failur"), "is 'failur'; expected ");
            wrong(channels, text("pager", "{\"url\":\"" + HOOK + "\"}"), "unknown key");
            assertThatThrownBy(() -> channels.create("new", text("slack", "{\"url\":\"${NOT_SET}\"}"), "anna"))
                    .isInstanceOf(Missing.class)
                    .hasMessage("environment variable 'NOT_SET' is not set; 'notify.channels.new.slack.url' needs it");
            assertThat(channels.list()).isEmpty();
        }
    }

    private static void wrong(Channels channels, ChannelText text, String why) {
        assertThatThrownBy(() -> channels.create("new", text, "anna"))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void nothing_in_a_setting_becomes_more_than_its_value() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels channels = channels(catalog);
            String nasty = "a\"}}, x: &b *b\\n- \\u2028 \\t# ${";
            channels.create(
                    "mail",
                    text(
                            "email",
                            MAIL.formatted(",\"password\":\""
                                    + nasty.replace("\"", "\\\"").replace("${", "$${") + "\"")),
                    "anna");
            assertThat(stored(channels).login().orElseThrow().password().text())
                    .isEqualTo("a\"}}, x: &b *b\n- \u2028 \t# ${");
        }
    }

    @Test
    void what_the_start_of_the_server_names_goes_first_and_is_not_changed_here() throws Exception {
        Files.writeString(folder.resolve("notify.yaml"), "notify: {channels: {desk: {slack: {url: '" + HOOK + "'}}}}");
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            channels(catalog).create("desk", text("discord", "{\"url\":\"https://discord.com/x\"}"), "anna");
            Channels ofFile = channels(catalog, "HOLDFAST_NOTIFICATIONS", "notify.yaml");
            Channels ofVariables = channels(catalog, "HOLDFAST_NOTIFY_SLACK_URL", HOOK);

            assertThat(ofFile.list()).singleElement().satisfies(channel -> {
                assertThat(channel.origin()).isEqualTo(ChannelOrigin.FILE);
                assertThat(channel.revision()).isEmpty();
            });
            assertThat(ofFile.notifications().channel("desk").map(NotifyConfig::type))
                    .contains("slack");
            assertThat(ofVariables.list())
                    .extracting(
                            channel -> channel.name() + " " + channel.origin().label())
                    .containsExactly("desk stored", "slack environment");
            conflicts(() -> ofFile.change("desk", slack(), Set.of(), 1, "anna"), "described by a file");
            conflicts(() -> ofFile.remove("desk", 1), "described by a file");
            conflicts(() -> ofVariables.remove("slack", 1), "described by the environment");
            conflicts(() -> ofVariables.create("slack", slack(), "anna"), "already");
        }
    }

    @Test
    void of_two_who_change_a_channel_the_second_is_told_and_what_is_not_there_cannot_be_changed() {
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels channels = channels(catalog);
            channels.create("chat", slack(), "anna");
            conflicts(() -> channels.create("chat", slack(), "bert"), "already");
            channels.change("chat", slack(), Set.of(), 1, "anna");
            conflicts(() -> channels.change("chat", slack(), Set.of(), 1, "bert"), "meanwhile");
            conflicts(() -> channels.remove("chat", 1), "meanwhile");
            for (ThrowingCallable call : Stream.<ThrowingCallable>of(
                            () -> channels.show("other"),
                            () -> channels.remove("other", 1),
                            () -> channels.change("other", slack(), Set.of(), 1, "anna"))
                    .toList()) {
                assertThatThrownBy(call).isInstanceOf(Missing.class).hasMessageContaining("no channel 'other'");
            }
        }
    }

    private static void conflicts(ThrowingCallable call, String why) {
        assertThatThrownBy(call).isInstanceOf(AlreadyExists.class).hasMessageContaining(why);
    }

    @Test
    void one_that_cannot_be_used_is_told_and_leaves_the_others_as_they_are() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "one\n");
        try (Catalog catalog = Catalogs.SQLITE.open(folder)) {
            Channels before = channels(catalog);
            before.create("chat", slack(), "anna");
            before.create("mail", mail(",\"password-file\":\"secret\""), "anna");
            Files.delete(secret);

            Channels after = channels(catalog);
            assertThat(after.notifications().channels())
                    .extracting(NotifyConfig::name)
                    .containsExactly("chat");
            assertThat(after.troubles()).singleElement().satisfies(trouble -> {
                assertThat(trouble.channel()).isEqualTo("mail");
                assertThat(trouble.message()).contains("which does not exist");
            });
            assertThat(after.show("mail").trouble()).isPresent();
            Files.writeString(secret, "two\n");
            assertThat(stored(after).login().orElseThrow().password()).isEqualTo(new Secret("two"));
            assertThat(after.troubles()).isEmpty();

            Files.move(folder.resolve("catalog.key"), folder.resolve("other.key"));
            Channels foreign = channels(catalog);
            assertThat(foreign.notifications().channels()).isEmpty();
            assertThat(foreign.list())
                    .hasSize(2)
                    .allSatisfy(one -> assertThat(one.trouble().orElseThrow()).contains("is not sealed with the key"));
            foreign.remove("chat", 1);
            assertThat(foreign.list()).hasSize(1);
        }
    }

    @Test
    void while_the_catalog_is_away_the_channels_hold_that_held_before() {
        Catalog catalog = Catalogs.SQLITE.open(folder);
        Channels channels = channels(catalog);
        channels.create("chat", slack(), "anna");
        catalog.close();
        assertThat(channels.notifications().channels()).hasSize(1);
        assertThatThrownBy(channels::list).isInstanceOf(Unavailable.class);
    }
}
