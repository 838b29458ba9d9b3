package dev.holdfast.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.control.hook.HookAction;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.HookPoint;
import dev.holdfast.control.notify.AlarmLimits;
import dev.holdfast.control.notify.ChannelUrl;
import dev.holdfast.control.notify.DigestConfig;
import dev.holdfast.control.notify.Login;
import dev.holdfast.control.notify.MailSecurity;
import dev.holdfast.control.notify.NoticeKind;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.PingStyle;
import dev.holdfast.control.notify.Route;
import dev.holdfast.control.notify.Template;
import dev.holdfast.control.retention.RetentionConfig;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import dev.holdfast.control.schedule.ScheduleConfig.CatchUp;
import dev.holdfast.control.schedule.Schedules;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoliciesReaderTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Eleven lines. */
    private static final String STACK = """
            stack: shop
            sources:
              uploads:
                directory:
                  path: uploads
            repository:
              passphrase: four random words
              destinations:
                disk:
                  local:
                    path: /var/backups/shop
            """;

    private final Map<String, String> variables = new HashMap<>(Map.of("TZ", "Europe/Berlin"));

    private StackPolicies read(String more) {
        return new StackFileReader(new Environment(variables))
                .parse(Path.of("/srv/shop/holdfast.yaml"), "shop.yaml", STACK + more)
                .policies();
    }

    private HoldfastException refused(String more) {
        return catchThrowableOfType(HoldfastException.class, () -> read(more));
    }

    private String message(String more) {
        return refused(more).getMessage();
    }

    @Test
    void the_defaults_are_pinned() {
        assertThat(read(""))
                .isEqualTo(new StackPolicies(
                        Schedules.of(ScheduleConfig.of(Schedule.parse("0 2 * * *", BERLIN))),
                        new RetentionConfig(
                                RetentionPolicy.builder()
                                        .days(30)
                                        .minimum(3)
                                        .zone(BERLIN)
                                        .build(),
                                ScheduleConfig.of(Schedule.parse("@weekly", BERLIN))),
                        List.of(),
                        Notifications.NONE,
                        new RetryConfig(3, Duration.ofMinutes(1), Duration.ofHours(1)),
                        Duration.ofMinutes(30),
                        Optional.empty()));
        assertThat(read("")).isEqualTo(StackPolicies.standard(BERLIN));
        assertThat(ScheduleConfig.daily(BERLIN).catchUp()).isEqualTo(CatchUp.RUN);
    }

    @Test
    void a_zone_of_the_file_goes_before_that_of_the_machine() {
        assertThat(read("zone: UTC\n").schedules().all().getFirst().schedule().zone())
                .isEqualTo(ZoneId.of("UTC"));
        assertThat(read("zone: UTC\n").retention().policy().zone()).isEqualTo(ZoneId.of("UTC"));
        variables.put("TZ", ":America/New_York");
        assertThat(read("").retention().policy().zone()).isEqualTo(ZoneId.of("America/New_York"));
        assertThat(message("zone: Mars/Olympus\n"))
                .isEqualTo("shop.yaml:12: 'zone': there is no time zone 'Mars/Olympus'; expected a name such as"
                        + " Europe/Berlin, or UTC");
    }

    @Test
    void a_schedule_is_a_text_or_a_map_or_a_list_of_both() {
        assertThat(read("schedule: every 6h\n").schedules())
                .isEqualTo(Schedules.of(ScheduleConfig.of(Schedule.parse("every 6h", BERLIN))));
        assertThat(read("schedule: {at: '@daily', zone: UTC, jitter: 10m, catch-up: false}\n")
                        .schedules())
                .isEqualTo(Schedules.of(new ScheduleConfig(
                        Schedule.parse("@daily", ZoneId.of("UTC")), Duration.ofMinutes(10), CatchUp.REPORT)));
        assertThat(read("""
                schedule:
                  - 0 2 * * *
                  - at: 0 14 * * mon-fri
                """).schedules().all())
                .extracting(schedule -> schedule.schedule().text())
                .containsExactly("0 2 * * *", "0 14 * * mon-fri");
        assertThat(read("schedule: never\n")
                        .schedules()
                        .all()
                        .getFirst()
                        .schedule()
                        .isNever())
                .isTrue();
        assertThat(read("schedule: []\n").schedules()).isEqualTo(Schedules.NONE);
    }

    @Test
    void a_schedule_that_is_not_understood_is_told_with_its_line() {
        HoldfastException refused = refused("schedule:\n  - 0 2 * * *\n  - {at: 0 25 * * *, jitter: 5}\n");

        assertThat(refused)
                .hasMessage(
                        "shop.yaml:14: 'schedule[1].at': the schedule '0 25 * * *' is not understood: in '25' for the"
                                + " hour, '25' is none; expected 0 to 23");
        assertThat(refused.hint()).isEqualTo(Schedule.EXAMPLES);
        assertThat(message("schedule: daily\n")).startsWith("shop.yaml:12: 'schedule.at': the schedule 'daily' is not");
        assertThat(message("schedule: {at: '@daily', jitter: 5}\n"))
                .isEqualTo(
                        "shop.yaml:12: 'schedule.jitter' is '5'; expected a whole number with one of the units s, m, h,"
                                + " d or w");
        assertThat(message("schedule: {at: '@daily', jitter: 2d}\n"))
                .isEqualTo("shop.yaml:12: 'schedule.jitter' is 2d; expected 0s to 1d");
        assertThat(message("schedule: {zone: UTC}\n")).isEqualTo("shop.yaml:12: missing key 'at' in 'schedule'");
        assertThat(message("schedule:\n")).isEqualTo("shop.yaml:12: missing value of 'schedule'");
    }

    @Test
    void every_rule_of_retention_is_read() {
        RetentionConfig retention = read("""
                retention:
                  keep-last: 1
                  keep-within: 48h
                  keep-hourly: 2
                  keep-daily: 3
                  keep-weekly: 4
                  keep-monthly: 5
                  keep-yearly: 6
                  keep-days: 7
                  keep-minimum: 8
                  keep-labels: [release, legal=hold]
                  prune: every 3d
                """).retention();

        assertThat(retention.policy())
                .isEqualTo(new RetentionPolicy(
                        1,
                        Optional.of(Duration.ofDays(2)),
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        Set.of("release", "legal=hold"),
                        BERLIN));
        assertThat(retention.prune().schedule()).isEqualTo(Schedule.parse("every 3d", BERLIN));
    }

    @Test
    void a_retention_that_says_nothing_keeps_everything_but_one_of_zeros_is_a_mistake() {
        assertThat(read("retention: {keep-minimum: 5}\n").retention().policy().keepsEverything())
                .isTrue();
        assertThat(message("retention: {keep-days: 0}\n"))
                .isEqualTo("shop.yaml:12: every rule of 'retention' is 0, by which everything would be kept");
        assertThat(message("retention: {keep-days: 7, keep-minimum: 0}\n"))
                .isEqualTo("shop.yaml:12: 'retention.keep-minimum' is '0'; expected a whole number from 1 to 100000");
        assertThat(message("retention: {keep_daily: 7}\n"))
                .isEqualTo("shop.yaml:12: unknown key 'retention.keep_daily'; did you mean 'keep-daily'?");
        assertThat(message("retention: {keep-days: -1}\n")).contains("expected a whole number from 0 to 100000");
    }

    @Test
    void hooks_are_commands_or_calls() {
        variables.put("TOKEN", "secret");
        List<HookConfig> hooks = read("""
                hooks:
                  before-backup: docker exec app flush ${HOLDFAST_RUN}
                  after-backup:
                    - command: [/usr/bin/notify, '${TOKEN}', a b]
                      environment: {APP: '${TOKEN}'}
                      timeout: 90s
                      when: always
                      on-failure: ignore
                    - http:
                        url: https://example.org/hook?t=${TOKEN}
                        method: PUT
                        headers: {Authorization: 'Bearer ${TOKEN}'}
                        body: '{"text": "${stack} ${TOKEN}"}'
                        expect: [200, 204]
                  after-restore: {command: systemctl restart app}
                  on-failure:
                    - http: {url: 'http://127.0.0.1:9/'}
                """).hooks();

        assertThat(hooks)
                .containsExactly(
                        new HookConfig(
                                HookPoint.BEFORE_BACKUP,
                                HookConfig.When.ALWAYS,
                                HookAction.Command.shell("docker exec app flush ${HOLDFAST_RUN}", Map.of()),
                                Duration.ofMinutes(5),
                                HookConfig.OnFailure.FAIL),
                        new HookConfig(
                                HookPoint.AFTER_BACKUP,
                                HookConfig.When.ALWAYS,
                                new HookAction.Command(
                                        List.of("/usr/bin/notify", "secret", "a b"), Map.of("APP", "secret")),
                                Duration.ofSeconds(90),
                                HookConfig.OnFailure.IGNORE),
                        new HookConfig(
                                HookPoint.AFTER_BACKUP,
                                HookConfig.When.SUCCESS,
                                new HookAction.Call(
                                        "PUT",
                                        URI.create("https://example.org/hook?t=secret"),
                                        Map.of("Authorization", "Bearer secret"),
                                        "{\"text\": \"${stack} secret\"}",
                                        Set.of(200, 204)),
                                Duration.ofMinutes(5),
                                HookConfig.OnFailure.WARN),
                        new HookConfig(
                                HookPoint.AFTER_RESTORE,
                                HookConfig.When.SUCCESS,
                                HookAction.Command.shell("systemctl restart app", Map.of()),
                                Duration.ofMinutes(5),
                                HookConfig.OnFailure.WARN),
                        new HookConfig(
                                HookPoint.ON_FAILURE,
                                HookConfig.When.ALWAYS,
                                new HookAction.Call("POST", URI.create("http://127.0.0.1:9/"), Map.of(), "", Set.of()),
                                Duration.ofMinutes(5),
                                HookConfig.OnFailure.WARN));
        assertThat(hooks.toString()).doesNotContain("secret");
    }

    @Test
    void what_is_wrong_with_a_hook_is_told_with_its_line() {
        assertThat(message("hooks:\n  before-backup:\n    - {timeout: 5m}\n"))
                .isEqualTo(
                        "shop.yaml:14: 'hooks.before-backup[0]' has neither 'command' nor 'http'; expected one of them");
        assertThat(message("hooks: {before: x}\n"))
                .isEqualTo(
                        "shop.yaml:12: unknown key 'hooks.before'; expected before-backup, after-backup, after-restore or"
                                + " on-failure");
        assertThat(message("hooks: {before-backup: {command: x, when: always}}\n"))
                .isEqualTo("shop.yaml:12: 'hooks.before-backup.when' has no meaning for 'before-backup'");
        assertThat(message("hooks: {after-backup: {command: x, when: sometimes}}\n"))
                .isEqualTo(
                        "shop.yaml:12: 'hooks.after-backup.when' is 'sometimes'; expected always, success or failure");
        assertThat(message("hooks: {after-backup: {command: x, on-failure: explode}}\n"))
                .isEqualTo("shop.yaml:12: 'hooks.after-backup.on-failure' is 'explode'; expected fail, warn or ignore");
        assertThat(message("hooks: {after-backup: {command: []}}\n"))
                .isEqualTo("shop.yaml:12: 'hooks.after-backup.command' is empty");
        assertThat(message("hooks: {after-backup: {http: {url: 'ftp://u:secret@x/'}}}\n"))
                .isEqualTo(
                        "shop.yaml:12: 'hooks.after-backup.http.url' is not a URL with http:// or https:// and without"
                                + " user");
        assertThat(message("hooks: {after-backup: {http: {url: 'http://x/', headers: {Host: a}}}}\n"))
                .isEqualTo("shop.yaml:12: 'hooks.after-backup.http.headers' has 'Host', which cannot be set so");
        assertThat(message("hooks: {after-backup: {http: {url: 'http://x/', headers: {A: \"b\\r\\nC: d\"}}}}\n"))
                .isEqualTo("shop.yaml:12: 'hooks.after-backup.http.headers' has 'A', which cannot be set so");
        assertThat(message("hooks: {after-backup: {http: {url: 'http://x/', expect: ok}}}\n"))
                .isEqualTo("shop.yaml:12: 'hooks.after-backup.http.expect' has 'ok'; expected a status such as 204");
        HoldfastException unset = refused("hooks: {after-backup: {http: {url: 'http://x/${TOKEN}'}}}\n");
        assertThat(unset.code()).isEqualTo(ErrorCode.SECRET_MISSING);
    }

    @Test
    void every_kind_of_channel_is_read() {
        variables.put("TOKEN", "123:abc");
        Notifications notify = read("""
                notify:
                  channels:
                    mail:
                      email:
                        host: smtp.example.org
                        user: backup
                        password: ${TOKEN}
                        from: Backup <backup@example.org>
                        to: [ops@example.org, boss@example.org]
                    plain:
                      email: {host: localhost, security: none, from: a@example.org, to: b@example.org}
                    hook:
                      webhook:
                        url: https://example.org/${TOKEN}
                        headers: {X-Token: '${TOKEN}'}
                        signing-key: ${TOKEN}
                        template: '{"text": "${title}", "token": "${TOKEN}"}'
                    slack: {slack: {url: 'https://hooks.slack.com/x'}}
                    discord: {discord: {url: 'https://discord.com/x'}}
                    telegram: {telegram: {token: '${TOKEN}', chat: '-100', topic: 5}}
                    teams: {teams: {url: 'https://example.org/teams'}}
                    mattermost: {mattermost: {url: 'https://example.org/m', channel: ops}}
                    ntfy: {ntfy: {topic: backups}}
                    gotify: {gotify: {server: 'https://gotify.example.org', token: '${TOKEN}'}}
                    health: {ping: {url: 'https://hc-ping.com/x'}}
                    kuma: {ping: {url: 'https://kuma.example.org/x', style: uptime-kuma, runs: [backup, check]}}
                  routes:
                    - {channels: [mail, slack], events: [failure, missed]}
                    - {channels: ntfy, events: all}
                    - mail
                  remind: 24h
                  digest: {channels: mail, day: monday, at: '07:30'}
                  alarms: {storage: 500GB, copy-behind: 6h, expiry: 14d, shrunk-percent: 30, shrunk-rows: 10, shrunk-bytes: 5MB}
                """).notifications();

        Secret token = new Secret("123:abc");
        assertThat(notify.channels())
                .containsExactly(
                        new NotifyConfig.Email(
                                "mail",
                                "smtp.example.org",
                                587,
                                MailSecurity.STARTTLS,
                                Optional.of(new Login("backup", token)),
                                Optional.empty(),
                                "Backup <backup@example.org>",
                                List.of("ops@example.org", "boss@example.org")),
                        new NotifyConfig.Email(
                                "plain",
                                "localhost",
                                25,
                                MailSecurity.NONE,
                                Optional.empty(),
                                Optional.empty(),
                                "a@example.org",
                                List.of("b@example.org")),
                        new NotifyConfig.Webhook(
                                "hook",
                                ChannelUrl.parse("https://example.org/123:abc"),
                                Map.of("X-Token", token),
                                Optional.of(token),
                                Optional.of(Template.parse("{\"text\": \"${title}\", \"token\": \"123:abc\"}"))),
                        new NotifyConfig.Slack("slack", ChannelUrl.parse("https://hooks.slack.com/x")),
                        new NotifyConfig.Discord("discord", ChannelUrl.parse("https://discord.com/x")),
                        new NotifyConfig.Telegram(
                                "telegram", NotifyConfig.Telegram.SERVER, token, "-100", Optional.of(5L)),
                        new NotifyConfig.Teams("teams", ChannelUrl.parse("https://example.org/teams")),
                        new NotifyConfig.Mattermost(
                                "mattermost", ChannelUrl.parse("https://example.org/m"), Optional.of("ops")),
                        new NotifyConfig.Ntfy(
                                "ntfy",
                                NotifyConfig.Ntfy.SERVER,
                                new Secret("backups"),
                                Optional.empty(),
                                Optional.empty()),
                        new NotifyConfig.Gotify("gotify", ChannelUrl.parse("https://gotify.example.org"), token),
                        new NotifyConfig.Ping(
                                "health",
                                PingStyle.HEALTHCHECKS,
                                ChannelUrl.parse("https://hc-ping.com/x"),
                                Set.of("backup")),
                        new NotifyConfig.Ping(
                                "kuma",
                                PingStyle.UPTIME_KUMA,
                                ChannelUrl.parse("https://kuma.example.org/x"),
                                Set.of("backup", "check")));
        assertThat(notify.routes().getFirst())
                .isEqualTo(new Route(List.of("mail", "slack"), Set.of(NoticeKind.FAILURE, NoticeKind.MISSED)));
        assertThat(notify.routes().get(1).kinds()).contains(NoticeKind.SUCCESS).doesNotContain(NoticeKind.TEST);
        assertThat(notify.routes().get(2)).isEqualTo(new Route(List.of("mail"), NoticeKind.USUAL));
        assertThat(notify.reminder()).contains(Duration.ofDays(1));
        assertThat(notify.digest())
                .contains(
                        new DigestConfig(List.of("mail"), Optional.of(DayOfWeek.MONDAY), LocalTime.of(7, 30), BERLIN));
        assertThat(notify.alarms())
                .isEqualTo(new AlarmLimits(
                        Optional.of(new ByteSize(500_000_000_000L)),
                        Duration.ofHours(6),
                        Duration.ofDays(14),
                        30,
                        10,
                        new ByteSize(5_000_000)));
        assertThat(notify.toString()).doesNotContain("123:abc");
    }

    @Test
    void what_is_wrong_with_a_channel_is_told_with_its_line_and_without_its_secrets() {
        assertThat(message("notify: {channels: {chat: {slak: {url: x}}}}\n"))
                .contains(
                        "shop.yaml:12: channel 'chat' has no kind that is known; expected one of email, webhook, slack")
                .contains("unknown key 'notify.channels.chat.slak'; did you mean 'slack'?");
        assertThat(message("notify:\n  channels:\n    chat:\n      slack: {url: 'secret'}\n"))
                .isEqualTo(
                        "shop.yaml:15: 'notify.channels.chat.slack.url': the address of a channel is not a usable URL");
        assertThat(message("notify: {channels: {m: {email: {host: h, user: u, from: a@b.c, to: [a@b.c]}}}}\n"))
                .isEqualTo(
                        "shop.yaml:12: 'notify.channels.m.email' has only one of 'user' and 'password'; expected both or"
                                + " none");
        assertThat(message("notify: {channels: {m: {email: {host: h, from: nobody at all, to: [a@b.c]}}}}\n"))
                .startsWith(
                        "shop.yaml:12: 'notify.channels.m.email': the channel 'm' has an address that is not one of mail");
        assertThat(message("notify: {channels: {h: {webhook: {url: 'http://x/', template: '${nothing}'}}}}\n"))
                .contains("'notify.channels.h.webhook.template': the template of a webhook cannot be used");
        assertThat(message("notify: {routes: [{channels: [m], events: [failures]}]}\n"))
                .startsWith(
                        "shop.yaml:12: 'notify.routes[0].events' is 'failures'; expected failure, attention, success");
        assertThat(message("notify: {digest: {channels: [m], at: noon}}\n"))
                .isEqualTo("shop.yaml:12: 'notify.digest.at' is 'noon'; expected a time such as 08:00");
        assertThat(message("notify: {digest: {at: '08:00'}}\n"))
                .isEqualTo("shop.yaml:12: missing key 'channels' in 'notify.digest'");
    }

    @Test
    void a_retry_has_bounds() {
        assertThat(read("retry: {attempts: 5, wait: 30s, longest-wait: 2m}\n").retry())
                .isEqualTo(new RetryConfig(5, Duration.ofSeconds(30), Duration.ofMinutes(2)));
        assertThat(read("retry: {wait: 2h}\n").retry())
                .isEqualTo(new RetryConfig(3, Duration.ofHours(2), Duration.ofHours(2)));
        assertThat(message("retry: {wait: 5m, longest-wait: 1m}\n"))
                .isEqualTo("shop.yaml:12: 'retry.longest-wait' is shorter than 'retry.wait'");
        assertThat(message("retry: {attempts: 99}\n")).contains("expected a whole number from 0 to 20");
    }

    @Test
    void each_wait_is_twice_as_long_up_to_the_longest() {
        RetryConfig retry = new RetryConfig(5, Duration.ofMinutes(1), Duration.ofMinutes(6));

        assertThat(List.of(retry.before(1), retry.before(2), retry.before(3), retry.before(4), retry.before(20)))
                .containsExactly(
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(4),
                        Duration.ofMinutes(6),
                        Duration.ofMinutes(6));
    }

    @Test
    void the_rest_is_read_too() {
        variables.put("APP_VERSION", "2.3");

        assertThat(read("stalled-after: 2h\napp-version: ${APP_VERSION}\n"))
                .extracting(StackPolicies::stalledAfter, StackPolicies::appVersion)
                .containsExactly(Duration.ofHours(2), Optional.of("2.3"));
        assertThat(message("stalled-after: 5s\n")).isEqualTo("shop.yaml:12: 'stalled-after' is 5s; expected 1m to 7d");
    }

    @Test
    void several_mistakes_are_told_at_once_with_those_of_other_sections() {
        assertThat(message("schedule: dayly\nretry: {attempts: x}\nhooks: {after-backup: {http: {}}}\n")
                        .lines())
                .hasSize(3);
    }
}
