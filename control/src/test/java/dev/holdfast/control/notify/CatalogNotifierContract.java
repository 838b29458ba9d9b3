package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.config.Secret;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a notifier does, whatever the catalog is. */
abstract class CatalogNotifierContract {
    private final AtomicReference<Instant> now = new AtomicReference<>(Notices.NOON);
    private final FixedBook book = new FixedBook();
    private final List<StackSummary> summaries = new ArrayList<>();
    private final List<CatalogNotifier> notifiers = new ArrayList<>();
    private HttpStand stand;
    private CatalogNotifier notifier;

    /** An empty catalog that stays open until the test ends. */
    abstract Catalog catalog();

    @BeforeEach
    void begin() throws IOException {
        stand = new HttpStand();
        book.stack("shop", said(hook("/hook")));
        notifier = another();
    }

    @AfterEach
    void end() {
        notifiers.forEach(CatalogNotifier::close);
        stand.close();
    }

    @Test
    void an_incident_is_told_once_and_once_when_it_is_over() throws Exception {
        for (int night = 0; night < 5; night++) {
            hear(failed());
            pass(Duration.ofDays(1));
        }
        hear(good());
        hear(good());

        assertThat(titles()).containsExactly("shop: backup failed", "Over: shop: backup failed");
        assertThat(stand.asked().get(1).json().path("incident").path("name").asString())
                .isEqualTo("failure/shop/backup");
        assertThat(stand.asked().get(1).json().path("text").asString()).contains("It went on for 5 d 0 h.");
        assertThat(notifier.history().incidents(IncidentFilter.ALL.goingOn(), Optional.empty(), 10))
                .isEmpty();
        assertThat(notifier.history().incidents(IncidentFilter.ALL.ofStacks(Set.of("shop")), Optional.empty(), 10))
                .singleElement()
                .satisfies(incident -> {
                    assertThat(incident.told()).isEqualTo(1);
                    assertThat(incident.ended()).contains(now.get());
                });
    }

    @Test
    void what_was_told_before_a_restart_is_not_told_after_it() throws Exception {
        hear(failed());
        notifier.close();
        notifier = another();
        hear(failed());
        hear(good());

        assertThat(titles()).containsExactly("shop: backup failed", "Over: shop: backup failed");
    }

    @Test
    void what_waits_is_sent_after_a_restart() throws Exception {
        notifier.hear(failed());
        notifier.close();
        assertThat(stand.asked()).isEmpty();

        notifier = another();
        notifier.tend();
        assertThat(titles()).containsExactly("shop: backup failed");
    }

    @Test
    void of_many_servers_that_see_the_same_exactly_one_tells() throws Exception {
        List<CatalogNotifier> servers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            servers.add(another());
        }
        for (int round = 0; round < 5; round++) {
            together(servers, server -> {
                server.hear(failed());
                server.tend();
            });
            together(servers, server -> {
                server.hear(good());
                server.tend();
            });
        }

        assertThat(titles().stream().filter(title -> title.startsWith("shop:"))).hasSize(5);
        assertThat(titles().stream().filter(title -> title.startsWith("Over:"))).hasSize(5);
    }

    @Test
    void an_incident_that_goes_on_is_told_again_as_often_as_asked_for() throws Exception {
        book.stack(
                "shop",
                new Notifications(
                        List.of(hook("/hook")),
                        List.of(),
                        Optional.of(Duration.ofHours(24)),
                        Optional.empty(),
                        AlarmLimits.USUAL));
        hear(failed());
        pass(Duration.ofHours(23));
        notifier.tend();
        assertThat(titles()).hasSize(1);
        pass(Duration.ofHours(2));
        together(List.of(notifier, another(), another()), CatalogNotifier::tend);

        assertThat(titles()).containsExactly("shop: backup failed", "Still: shop: backup failed");
        hear(good());
        pass(Duration.ofDays(3));
        notifier.tend();
        assertThat(titles()).hasSize(3);
    }

    @Test
    void what_is_over_before_its_grace_ends_is_not_told_at_all() throws Exception {
        AlarmLimits patient = new AlarmLimits(
                Optional.empty(), Duration.ofHours(6), Duration.ofDays(21), 50, 100, AlarmLimits.USUAL.shrunkBytes());
        book.stack(
                "shop",
                new Notifications(List.of(hook("/hook")), List.of(), Optional.empty(), Optional.empty(), patient));

        hear(copy(false));
        pass(Duration.ofHours(5));
        hear(copy(true));
        assertThat(titles()).isEmpty();
        hear(copy(false));
        pass(Duration.ofHours(7));
        notifier.tend();
        hear(copy(true));
        assertThat(titles())
                .containsExactly(
                        "shop: the copy at 'offsite' is behind", "Over: shop: the copy at 'offsite' is behind");
    }

    @Test
    void one_good_run_ends_several_incidents_with_one_message() throws Exception {
        hear(failed());
        hear(new Fact.RunOverdue("shop", "backup", now.get(), true, Optional.empty(), now.get()));
        hear(new Fact.RunOverdue("shop", "backup", now.get(), true, Optional.empty(), now.get()));
        hear(good());

        assertThat(titles())
                .containsExactly("shop: backup failed", "shop: backup was missed", "Over: shop: backup failed");
        assertThat(notifier.history().incidents(IncidentFilter.ALL.goingOn(), Optional.empty(), 10))
                .isEmpty();
    }

    @Test
    void success_is_quiet_unless_it_is_asked_for() throws Exception {
        hear(good());
        assertThat(titles()).isEmpty();
        book.stack(
                "shop",
                new Notifications(
                        List.of(hook("/hook")),
                        List.of(new Route(List.of("hook"), Set.of(NoticeKind.SUCCESS, NoticeKind.FAILURE))),
                        Optional.empty(),
                        Optional.empty(),
                        AlarmLimits.USUAL));
        hear(good());
        assertThat(titles()).containsExactly("shop: backup succeeded");
    }

    @Test
    void a_passing_fault_is_tried_again_after_the_pause_that_was_asked_for() throws Exception {
        stand.says(503, "busy").says(429, "", "Retry-After", "300");
        hear(failed());
        assertThat(delivery().state()).isEqualTo(Delivery.State.WAITING);
        assertThat(delivery().answer()).isEqualTo("HTTP 503: busy");

        pass(Duration.ofSeconds(9));
        notifier.tend();
        assertThat(stand.asked()).hasSize(1);
        pass(Duration.ofSeconds(2));
        notifier.tend();
        assertThat(stand.asked()).hasSize(2);
        pass(Duration.ofSeconds(200));
        notifier.tend();
        assertThat(stand.asked()).hasSize(2);
        pass(Duration.ofSeconds(101));
        notifier.tend();

        assertThat(delivery().state()).isEqualTo(Delivery.State.DELIVERED);
        assertThat(delivery().attempts()).isEqualTo(3);
        assertThat(stand.asked())
                .extracting(asked -> asked.headers().get("Holdfast-Delivery"))
                .containsOnly(delivery().id());
    }

    @Test
    void a_clock_that_was_ahead_holds_no_message_up_when_it_is_right_again() throws Exception {
        stand.says(503, "busy");
        pass(Duration.ofDays(365));
        hear(failed());
        assertThat(stand.asked()).hasSize(1);
        pass(Duration.ofDays(-365));
        hear(Facts.run("check", RunOutcome.FAILED, now.get()));

        assertThat(titles()).containsExactly("shop: backup failed", "shop: backup failed", "shop: check failed");
    }

    @Test
    void a_message_that_was_claimed_by_a_dead_server_whose_clock_was_ahead_is_sent_by_another() throws Exception {
        pass(Duration.ofDays(365));
        notifier.hear(failed());
        catalog()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "UPDATE notify_delivery SET claimed = ?",
                        now.get().plusSeconds(60).toEpochMilli()));
        pass(Duration.ofDays(-365));
        notifier.tend();

        assertThat(titles()).containsExactly("shop: backup failed");
    }

    @Test
    void a_channel_that_takes_nothing_is_said_to_be_in_trouble_until_it_does_again() throws Exception {
        for (int i = 0; i < 4; i++) {
            stand.says(503, "closed for /hook today");
        }
        hear(failed());
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofHours(1));
            notifier.tend();
        }
        assertThat(notifier.history().troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.stack()).contains("shop");
            assertThat(trouble.channel()).isEqualTo("hook");
            assertThat(trouble.waiting()).isEqualTo(1);
            assertThat(trouble.lost()).isZero();
            assertThat(trouble.said()).contains("503");
        });
        pass(Duration.ofHours(1));
        notifier.tend();
        assertThat(notifier.history().troubles()).isEmpty();
    }

    @Test
    void a_channel_in_trouble_says_what_it_answered_last_and_no_more_when_it_is_gone() throws Exception {
        stand.says(400, "zzz: no such hook");
        hear(failed());
        pass(Duration.ofMinutes(1));
        stand.says(400, "aaa: no such hook");
        hear(good());
        pass(Duration.ofMinutes(1));
        hear(failed());

        assertThat(titles()).hasSize(3);
        assertThat(notifier.history().troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.lost()).isEqualTo(2);
            assertThat(trouble.said()).isEqualTo("HTTP 400: aaa: no such hook");
        });
        book.stack("shop", said());
        assertThat(notifier.history().troubles()).isEmpty();
    }

    /** What comes back is written by somebody else: it is kept, shown and logged. */
    @Test
    void what_a_channel_answered_is_kept_on_one_line_and_without_any_of_its_secrets() throws Exception {
        String header = "Bearer s3cret/header=\"with<everything>";
        String key = "s3cret-signing-key-0123456789";
        NotifyConfig channel = new NotifyConfig.Webhook(
                "hook",
                stand.url("/s3cret-path/ab12?token=s3cret+query%2F1"),
                Map.of("Authorization", new Secret(header)),
                Optional.of(new Secret(key)),
                Optional.empty());
        book.stack("shop", said(channel));
        String injected =
                "\r\nSet-Cookie: session=stolen\r\n\r\n2026-11-20T12:00:00Z ERROR forged\u2028line\u001b[31m\u0000";
        List<String> answers = List.of(
                "no" + injected,
                // cut in the middle of a secret, its beginning would be left
                "x".repeat(180) + key,
                "x".repeat(199) + header,
                "{\"sent\": " + Json.write(Map.of("a", header)) + "}",
                URLEncoder.encode(header, StandardCharsets.UTF_8) + " "
                        + URLEncoder.encode(key, StandardCharsets.UTF_8),
                "POST /s3cret-path/ab12?token=s3cret+query%2F1 HTTP/1.1 token 's3cret query/1'",
                Html.escaped(header),
                Base64.getEncoder().encodeToString(header.getBytes(StandardCharsets.UTF_8)),
                "y".repeat(100_000));
        try (Overheard log = new Overheard(CatalogNotifier.class)) {
            for (String answer : answers) {
                stand.says(400, answer);
                notifier.tell(Notices.plain());
                notifier.tend();
                assertThat(delivery().answer())
                        .startsWith("HTTP 400: ")
                        .doesNotContain("s3cret", "Bearer", "ab12", "\r", "\n")
                        .doesNotContain("czNjcmV0", "ZWFyZXIg", "%22with", "\u2028", "\u001b", "\u0000")
                        .hasSizeLessThanOrEqualTo(220);
            }
            assertThat(log.lines()).hasSizeGreaterThanOrEqualTo(answers.size());
            assertThat(log.lines())
                    .allSatisfy(line -> assertThat(line)
                            .doesNotContain("s3cret", "Bearer")
                            .doesNotContainPattern("[\\p{Cc}\u2028\u2029]"));
        }
    }

    @Test
    void incidents_of_a_stack_that_is_gone_are_over_without_a_word_after_a_month() throws Exception {
        book.server(said(hook("/server")));
        hear(failed());
        book.forget("shop");
        pass(Duration.ofDays(29));
        notifier.tend();
        assertThat(notifier.history().incidents(IncidentFilter.ALL.goingOn(), Optional.empty(), 10))
                .hasSize(1);
        pass(Duration.ofDays(2));
        notifier.tend();

        assertThat(notifier.history().incidents(IncidentFilter.ALL.goingOn(), Optional.empty(), 10))
                .isEmpty();
        assertThat(titles()).allMatch(title -> title.equals("shop: backup failed"));
    }

    @Test
    void a_token_that_ends_soon_is_told_and_one_that_was_replaced_or_removed_is_over() throws Exception {
        book.server(said(hook("/server")));
        hear(tokens(ends("ci", 300, 400), ends("deploy", 300, 10), ends("short", 3, 2)));
        assertThat(titles()).containsExactly("token 'deploy' ends in 10 d 0 h");
        hear(tokens(ends("ci", 300, 400), ends("deploy", 1, 300), ends("short", 3, 2)));
        assertThat(titles()).hasSize(2).last().asString().startsWith("Over: token 'deploy'");

        hear(tokens(ends("old", 300, 5)));
        hear(tokens());
        assertThat(titles()).hasSize(3);
        assertThat(notifier.history().incidents(IncidentFilter.ALL.goingOn(), Optional.empty(), 10))
                .isEmpty();
    }

    private Fact tokens(Fact.Expiry... all) {
        return new Fact.ExpiriesSeen("token", List.of(all), now.get());
    }

    private Fact.Expiry ends(String name, int madeDaysAgo, int daysLeft) {
        return new Fact.Expiry(
                name, now.get().minus(Duration.ofDays(madeDaysAgo)), now.get().plus(Duration.ofDays(daysLeft)));
    }

    @Test
    void a_table_that_shrank_is_told_by_what_the_catalog_knows_of_earlier_snapshots() throws Exception {
        for (int night = 0; night < 12; night++) {
            hear(sizes("snap-" + (100 + night), 5_000, 300));
            pass(Duration.ofDays(1));
        }
        assertThat(titles()).isEmpty();
        hear(sizes("snap-200", 5_000, 3));

        assertThat(titles()).containsExactly("shop: database public.orders suddenly shrank");
        int kept = catalog()
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM notify_size")
                        .mapTo(Integer.class)
                        .one());
        assertThat(kept).isEqualTo(8);
    }

    private Fact sizes(String snapshot, long customers, long orders) {
        return new Fact.SizesSeen(
                "shop",
                snapshot,
                List.of(
                        new Fact.PartSize("database", "", OptionalLong.of(4), 100_000_000),
                        new Fact.PartSize("database", "public.customers", OptionalLong.of(customers), customers * 50),
                        new Fact.PartSize("database", "public.orders", OptionalLong.of(orders), orders * 50)),
                List.of(List.of(new Fact.PartSize("database", "", OptionalLong.of(4), 100_000_000))),
                now.get());
    }

    @Test
    void what_is_refused_is_not_tried_again() throws Exception {
        stand.says(404, "no such hook");
        hear(failed());
        pass(Duration.ofDays(1));
        notifier.tend();

        assertThat(stand.asked()).hasSize(1);
        assertThat(delivery().state()).isEqualTo(Delivery.State.FAILED);
    }

    @Test
    void what_nobody_takes_for_a_day_is_given_up() throws Exception {
        for (int i = 0; i < 200; i++) {
            stand.says(500, "");
        }
        notifier.hear(failed());
        for (int i = 0; i < 60; i++) {
            notifier.tend();
            pass(Duration.ofMinutes(30));
        }

        assertThat(delivery().state()).isEqualTo(Delivery.State.FAILED);
        assertThat(delivery().attempts()).isBetween(20, 40);
    }

    @Test
    void messages_of_a_channel_arrive_in_their_order_and_one_channel_does_not_hold_up_another() throws Exception {
        book.stack("shop", said(hook("/hook"), new NotifyConfig.Slack("slack", stand.url("/slack"))));
        stand.says(503, "").says(503, "");
        hear(failed());
        hear(good());
        assertThat(stand.asked()).hasSize(2);
        pass(Duration.ofSeconds(11));
        notifier.tend();

        assertThat(stand.asked().stream()
                        .filter(asked -> asked.path().equals("/hook"))
                        .map(asked -> asked.json().path("event").asString()))
                .containsExactly("failure", "failure", "recovered");
        assertThat(stand.asked().stream().filter(asked -> asked.path().equals("/slack")))
                .hasSize(3);
    }

    @Test
    void a_message_that_a_dead_server_had_claimed_is_sent_by_another() throws Exception {
        notifier.hear(failed());
        DeliveryTable table = new DeliveryTable(new OrderedIds(now::get));
        catalog()
                .jdbi()
                .useTransaction(handle -> assertThat(table.claim(handle, now.get(), Duration.ofMinutes(3), 10))
                        .hasSize(1));
        notifier.tend();
        assertThat(stand.asked()).isEmpty();
        pass(Duration.ofMinutes(4));
        another().tend();

        assertThat(titles()).containsExactly("shop: backup failed");
    }

    @Test
    void a_channel_that_is_gone_is_given_up() throws Exception {
        notifier.hear(failed());
        book.forget("shop");
        notifier.tend();

        assertThat(delivery().state()).isEqualTo(Delivery.State.FAILED);
        assertThat(delivery().answer()).isEqualTo("there is no such channel any more");
    }

    @Test
    void a_monitor_hears_start_and_end_of_each_run_and_once_of_a_missed_one() throws Exception {
        book.stack(
                "shop",
                said(new NotifyConfig.Ping("hc", PingStyle.HEALTHCHECKS, stand.url("/check"), Set.of("backup"))));
        notifier.hear(new Fact.RunBegan("shop", "r1", "backup", now.get()));
        notifier.hear(Facts.retried(failed()));
        notifier.hear(good());
        notifier.hear(new Fact.RunBegan("shop", "r2", "prune", now.get()));
        notifier.hear(new Fact.RunOverdue("shop", "backup", now.get(), false, Optional.empty(), now.get()));
        notifier.hear(new Fact.RunOverdue("shop", "backup", now.get(), true, Optional.empty(), now.get()));
        notifier.hear(new Fact.RunOverdue("shop", "backup", now.get(), true, Optional.empty(), now.get()));
        notifier.tend();

        assertThat(stand.asked())
                .extracting(HttpStand.Asked::path)
                .containsExactly("/check/start", "/check", "/check/fail");
        assertThat(stand.asked().get(1).body()).contains("shop: backup succeeded", "last line");
    }

    @Test
    void a_start_that_could_not_be_told_in_time_is_not_told_after_the_end() throws Exception {
        book.stack(
                "shop",
                said(new NotifyConfig.Ping("hc", PingStyle.HEALTHCHECKS, stand.url("/check"), Set.of("backup"))));
        stand.says(503, "").says(503, "").says(503, "");
        hear(new Fact.RunBegan("shop", "r1", "backup", now.get()));
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofSeconds(61));
            notifier.tend();
        }
        hear(good());

        assertThat(stand.asked().getLast().path()).isEqualTo("/check");
        assertThat(stand.asked().stream().filter(asked -> asked.path().equals("/check")))
                .hasSize(1);
    }

    @Test
    void a_digest_is_made_once_when_it_is_due_and_not_at_the_first_start() throws Exception {
        DigestConfig daily = new DigestConfig(List.of("hook"), Optional.empty(), LocalTime.of(8, 0), ZoneOffset.UTC);
        book.server(new Notifications(
                List.of(hook("/digest")), List.of(), Optional.empty(), Optional.of(daily), AlarmLimits.USUAL));
        summaries.add(new StackSummary(
                "shop", Optional.of(Notices.NOON), 3, 0, 0, 30, 5_000_000, List.of(), "restored and compared"));
        summaries.add(new StackSummary("blog", Optional.empty(), 0, 1, 0, 0, 0, List.of("offsite"), ""));
        notifier.tend();
        assertThat(stand.asked()).isEmpty();

        now.set(Instant.parse("2026-11-21T08:00:01Z"));
        together(List.of(notifier, another(), another()), CatalogNotifier::tend);
        notifier.tend();

        assertThat(stand.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.json().path("title").asString())
                    .isEqualTo("the day in backups: 1 of 2 stacks in trouble, 0 incidents go on");
            assertThat(asked.json().path("details").path(0).path("value").asString())
                    .isEqualTo(
                            "last backup 20 h 0 min ago; 3 good, 0 failed, 0 missed; 30 snapshots, 5.0 MB; restored and compared");
            assertThat(asked.json().path("details").path(1).path("value").asString())
                    .isEqualTo("no backup yet; 0 good, 1 failed, 0 missed; 0 snapshots, 0 B; behind: offsite");
        });
    }

    @Test
    void a_test_says_what_the_other_side_answered_and_leaves_nothing_behind() {
        stand.says(403, "invalid_token");

        assertThat(notifier.test(Optional.of("shop"), hook("/hook")))
                .isEqualTo(new Answer.Refused("HTTP 403: invalid_token", Optional.empty()));
        assertThat(notifier.test(Optional.empty(), hook("/hook"))).isInstanceOf(Answer.Taken.class);
        assertThat(notifier.history().deliveries(DeliveryFilter.ALL, Optional.empty(), 10))
                .isEmpty();
        assertThat(stand.asked().getLast().json().path("event").asString()).isEqualTo("test");
    }

    @Test
    void no_secret_of_a_channel_is_in_the_catalog() throws Exception {
        stand.says(500, "wrong: very-secret-token");
        book.stack(
                "shop",
                said(new NotifyConfig.Webhook(
                        "hook",
                        stand.url("/very-secret-path"),
                        Map.of("X-Token", new Secret("very-secret-token")),
                        Optional.of(new Secret("very-secret-key")),
                        Optional.empty())));
        hear(failed());

        String all = catalog()
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT * FROM notify_delivery")
                                .mapToMap()
                                .list()
                                .toString()
                        + handle.createQuery("SELECT * FROM notify_incident")
                                .mapToMap()
                                .list());
        assertThat(all).contains("shop: backup failed").doesNotContain("very-secret");
    }

    @Test
    void lists_are_paged_from_the_newest() throws Exception {
        for (int i = 0; i < 5; i++) {
            hear(failed());
            hear(good());
            pass(Duration.ofMinutes(1));
        }
        List<Delivery> first =
                notifier.history().deliveries(DeliveryFilter.ALL.ofStacks(Set.of("shop")), Optional.empty(), 4);
        List<Delivery> second = notifier.history()
                .deliveries(
                        DeliveryFilter.ALL.ofStacks(Set.of("shop")),
                        Optional.of(first.getLast().id()),
                        10);

        assertThat(first).hasSize(4);
        assertThat(second).hasSize(6);
        assertThat(first.getFirst().kind()).isEqualTo("recovered");
        assertThat(notifier.history().deliveries(DeliveryFilter.ALL.ofStacks(Set.of("blog")), Optional.empty(), 10))
                .isEmpty();
        assertThat(deliveries(new DeliveryFilter(Optional.empty(), Optional.of("hook"), Optional.empty())))
                .hasSize(10);
        assertThat(deliveries(new DeliveryFilter(Optional.empty(), Optional.of("x"), Optional.empty())))
                .isEmpty();
        assertThat(deliveries(
                        new DeliveryFilter(Optional.empty(), Optional.empty(), Optional.of(Delivery.State.FAILED))))
                .isEmpty();
        assertThat(deliveries(DeliveryFilter.ALL.ofStacks(Set.of()))).isEmpty();
        IncidentFilter over = new IncidentFilter(Optional.of(Set.of("shop", "blog")), Optional.of(false));
        List<Incident> newest = notifier.history().incidents(over, Optional.empty(), 2);
        List<Incident> older =
                notifier.history().incidents(over, Optional.of(newest.getLast().id()), 10);
        assertThat(newest).hasSize(2);
        assertThat(older).hasSize(3);
        assertThat(older.getFirst().began()).isBefore(newest.getLast().began());
    }

    @Test
    void a_started_notifier_sends_by_itself() throws Exception {
        notifier.start();
        notifier.hear(failed());
        stand.awaitAsked(1);

        assertThat(titles()).containsExactly("shop: backup failed");
    }

    private CatalogNotifier another() {
        CatalogNotifier one = new CatalogNotifier(
                catalog(), book, (from, to) -> List.copyOf(summaries), Reach.ANYWHERE, Notices.SHORT, now::get);
        notifiers.add(one);
        return one;
    }

    private void hear(Fact fact) throws InterruptedException {
        notifier.hear(fact);
        notifier.tend();
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    private Fact.RunEnded failed() {
        return Facts.run("backup", RunOutcome.FAILED, now.get());
    }

    private Fact.RunEnded good() {
        return Facts.run("backup", RunOutcome.SUCCEEDED, now.get());
    }

    private Fact copy(boolean level) {
        return new Fact.DestinationSeen("shop", "offsite", level, level ? "" : "it does not answer", now.get());
    }

    private List<Delivery> deliveries(DeliveryFilter filter) {
        return notifier.history().deliveries(filter, Optional.empty(), 100);
    }

    private Delivery delivery() {
        return notifier.history()
                .deliveries(DeliveryFilter.ALL, Optional.empty(), 10)
                .getFirst();
    }

    private List<String> titles() {
        return stand.asked().stream()
                .map(asked -> asked.json().path("title").asString())
                .toList();
    }

    private NotifyConfig hook(String path) {
        return new NotifyConfig.Webhook("hook", stand.url(path), Map.of(), Optional.empty(), Optional.empty());
    }

    private static Notifications said(NotifyConfig... channels) {
        return new Notifications(List.of(channels), List.of(), Optional.empty(), Optional.empty(), AlarmLimits.USUAL);
    }

    /** Something that a server does. */
    private interface Deed {
        void by(CatalogNotifier server) throws Exception;
    }

    private static void together(List<CatalogNotifier> servers, Deed deed) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (CatalogNotifier server : servers) {
                ends.add(threads.submit(() -> {
                    go.await();
                    deed.by(server);
                    return true;
                }));
            }
            go.countDown();
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }
}
