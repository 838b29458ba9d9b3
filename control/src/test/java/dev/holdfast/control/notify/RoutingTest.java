package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private final FixedBook book = new FixedBook();

    @Test
    void a_channel_without_a_route_hears_of_everything_but_success() {
        book.stack("shop", said(List.of(slack("ops"))));

        assertThat(targets(NoticeKind.FAILURE)).containsExactly(new Target("shop", "ops"));
        assertThat(targets(NoticeKind.SHRANK)).containsExactly(new Target("shop", "ops"));
        assertThat(targets(NoticeKind.SUCCESS)).isEmpty();
    }

    @Test
    void a_route_decides_for_the_channels_it_names() {
        book.stack(
                "shop",
                said(
                        List.of(slack("ops"), slack("boss")),
                        new Route(List.of("ops"), Set.of(NoticeKind.SUCCESS, NoticeKind.FAILURE)),
                        new Route(List.of("boss"), Set.of())));

        assertThat(targets(NoticeKind.SUCCESS)).containsExactly(new Target("shop", "ops"));
        assertThat(targets(NoticeKind.FAILURE)).containsExactly(new Target("shop", "ops"));
        assertThat(targets(NoticeKind.MISSED)).isEmpty();
    }

    @Test
    void a_stack_may_name_channels_of_the_server_and_each_is_told_once() {
        book.server(said(List.of(slack("common"))));
        book.stack(
                "shop",
                said(
                        List.of(),
                        new Route(List.of("common", "nobody"), Set.of(NoticeKind.FAILURE, NoticeKind.SUCCESS))));

        assertThat(targets(NoticeKind.FAILURE)).containsExactly(new Target("", "common"));
        assertThat(targets(NoticeKind.SUCCESS)).containsExactly(new Target("", "common"));
        assertThat(targets(NoticeKind.MISSED)).containsExactly(new Target("", "common"));
    }

    @Test
    void a_channel_of_the_stack_hides_one_of_the_server_with_its_name() {
        book.server(said(List.of(slack("ops")), new Route(List.of("ops"), Set.of())));
        book.stack("shop", said(List.of(slack("ops")), new Route(List.of("ops"), Set.of(NoticeKind.FAILURE))));

        assertThat(targets(NoticeKind.FAILURE)).containsExactly(new Target("shop", "ops"));
    }

    @Test
    void that_it_is_over_is_told_to_those_who_were_told_that_it_began() {
        book.stack(
                "shop",
                said(
                        List.of(slack("a"), slack("b"), slack("c")),
                        new Route(List.of("a"), Set.of(NoticeKind.FAILURE, NoticeKind.RECOVERED)),
                        new Route(List.of("b"), Set.of(NoticeKind.FAILURE)),
                        new Route(List.of("c"), Set.of(NoticeKind.MISSED, NoticeKind.RECOVERED))));

        assertThat(targets(NoticeKind.RECOVERED)).containsExactly(new Target("shop", "a"));
    }

    @Test
    void monitors_hear_of_the_runs_they_want_and_of_nothing_else() {
        NotifyConfig.Ping ping = new NotifyConfig.Ping(
                "hc", PingStyle.HEALTHCHECKS, ChannelUrl.parse("https://hc.example.org/x"), Set.of("backup"));
        book.stack("shop", said(List.of(ping), new Route(List.of("hc"), NoticeKind.USUAL)));

        assertThat(targets(NoticeKind.FAILURE)).isEmpty();
        assertThat(Routing.monitors("shop", "backup", book)).containsExactly(new Target("shop", "hc"));
        assertThat(Routing.monitors("shop", "prune", book)).isEmpty();
        assertThat(Routing.monitors("blog", "backup", book)).isEmpty();
    }

    @Test
    void a_route_to_a_channel_that_is_not_there_is_named() {
        book.server(said(List.of(slack("common")), new Route(List.of("comon"), NoticeKind.USUAL)));
        book.stack("shop", said(List.of(slack("ops")), new Route(List.of("ops", "common", "opps"), NoticeKind.USUAL)));

        assertThat(Routing.unknown(book))
                .containsExactly(
                        "the server sends to a channel 'comon' that is not there",
                        "the stack 'shop' sends to a channel 'opps' that is not there");
    }

    @Test
    void what_is_about_the_server_is_told_by_what_the_server_says() {
        book.server(said(List.of(slack("admin"))));
        book.stack("shop", said(List.of(slack("ops"))));
        Notice notice = new Notice(
                NoticeKind.EXPIRING,
                Urgency.WARNING,
                Optional.empty(),
                "t",
                "x",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Notices.NOON);

        assertThat(Routing.targets(notice, book)).containsExactly(new Target("", "admin"));
    }

    @Test
    void what_is_about_a_server_that_names_nobody_is_told_to_those_of_its_stacks_once_each() {
        book.stack("blog", said(List.of(slack("ops"), slack("blog"))));
        book.stack("shop", said(List.of(slack("ops"), slack("quiet")), new Route(List.of("quiet"), Set.of())));
        Notice notice = new Notice(
                NoticeKind.EXPIRING,
                Urgency.WARNING,
                Optional.empty(),
                "t",
                "x",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Notices.NOON);

        assertThat(Routing.targets(notice, book))
                .containsExactly(new Target("blog", "ops"), new Target("blog", "blog"));
    }

    @Test
    void a_digest_is_due_by_the_clock_on_the_wall() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        DigestConfig daily = new DigestConfig(List.of("a"), Optional.empty(), LocalTime.of(8, 0), berlin);
        DigestConfig weekly = new DigestConfig(List.of("a"), Optional.of(DayOfWeek.MONDAY), LocalTime.of(8, 0), berlin);

        assertThat(daily.lastDue(Instant.parse("2026-11-20T06:59:59Z"))).isEqualTo("2026-11-19T07:00:00Z");
        assertThat(daily.lastDue(Instant.parse("2026-11-20T07:00:00Z"))).isEqualTo("2026-11-20T07:00:00Z");
        assertThat(weekly.lastDue(Instant.parse("2026-11-20T07:00:00Z"))).isEqualTo("2026-11-16T07:00:00Z");
        assertThat(weekly.lastDue(Instant.parse("2026-11-16T06:00:00Z"))).isEqualTo("2026-11-09T07:00:00Z");
        assertThat(weekly.begin(Instant.parse("2026-11-16T07:00:00Z"))).isEqualTo("2026-11-09T07:00:00Z");
        // the night in which the clock goes from two to three has no half past two
        DigestConfig night = new DigestConfig(List.of("a"), Optional.empty(), LocalTime.of(2, 30), berlin);
        assertThat(night.lastDue(Instant.parse("2026-03-29T12:00:00Z"))).isEqualTo("2026-03-29T01:30:00Z");
        assertThat(night.lastDue(Instant.parse("2026-10-25T00:15:00Z"))).isEqualTo("2026-10-24T00:30:00Z");
        assertThat(night.lastDue(Instant.parse("2026-10-25T12:00:00Z"))).isEqualTo("2026-10-25T00:30:00Z");
    }

    private Set<Target> targets(NoticeKind kind) {
        Optional<IncidentNote> incident =
                Optional.of(new IncidentNote("failure/shop/backup", NoticeKind.FAILURE, Notices.NOON));
        Notice notice = new Notice(
                kind,
                Urgency.WARNING,
                Optional.of("shop"),
                "t",
                "x",
                List.of(),
                incident,
                Optional.empty(),
                Notices.NOON);
        return Routing.targets(notice, book);
    }

    private static Notifications said(List<NotifyConfig> channels, Route... routes) {
        return new Notifications(
                channels, Arrays.asList(routes), Optional.empty(), Optional.empty(), AlarmLimits.USUAL);
    }

    private static NotifyConfig slack(String name) {
        return new NotifyConfig.Slack(name, ChannelUrl.parse("https://hooks.example.org/" + name));
    }
}
