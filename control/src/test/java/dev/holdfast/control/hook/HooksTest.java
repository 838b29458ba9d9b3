package dev.holdfast.control.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.control.hook.HookConfig.OnFailure;
import dev.holdfast.control.hook.HookConfig.When;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes and a real HTTP server. */
class HooksTest {
    private static final HookContext CONTEXT =
            new HookContext("shop", "01run", "backup", "running", Optional.of("01snap"), Optional.empty());
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, String> environment = new HashMap<>(System.getenv());
    private final CountDownLatch testEnds = new CountDownLatch(1);
    private HttpServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(task -> Thread.ofVirtual().start(task));
        server.createContext("/ok", exchange -> answer(exchange, 200, "fine\nthanks\n"));
        server.createContext("/teapot", exchange -> answer(exchange, 418, "no coffee"));
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/ok");
            answer(exchange, 302, "");
        });
        server.createContext("/slow", exchange -> {
            awaitEnd();
            exchange.close();
        });
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("begun\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            awaitEnd();
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        testEnds.countDown();
        server.stop(0);
    }

    private void awaitEnd() {
        try {
            testEnds.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, int status, String body) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                + exchange.getRequestHeaders().getFirst("X-Token") + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Hooks hooks() {
        return new Hooks(new CommandHook(environment), new CallHook(HttpClient.newHttpClient()), () -> Instant.EPOCH);
    }

    private static HookConfig shell(HookPoint point, String line) {
        return shell(point, line, OnFailure.FAIL);
    }

    private static HookConfig shell(HookPoint point, String line, OnFailure onFailure) {
        return new HookConfig(point, When.ALWAYS, HookAction.Command.shell(line, Map.of()), LONG, onFailure);
    }

    private List<HookOutcome> run(HookConfig... all) {
        return run(true, CONTEXT, all);
    }

    private List<HookOutcome> run(boolean succeeded, HookContext context, HookConfig... all) {
        return hooks().run(List.of(all), all[0].point(), succeeded, context, log::add);
    }

    private HookConfig call(String path, Duration timeout, String method, String body, Integer... expected) {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        return new HookConfig(
                HookPoint.AFTER_BACKUP,
                When.ALWAYS,
                new HookAction.Call(method, uri, Map.of("X-Token", "secret"), body, Set.of(expected)),
                timeout,
                OnFailure.WARN);
    }

    @Test
    void a_command_is_told_of_its_run_and_what_it_says_is_in_the_log() {
        List<HookOutcome> outcomes = run(shell(
                HookPoint.BEFORE_BACKUP,
                "echo $HOLDFAST_STACK $HOLDFAST_RUN; echo $HOLDFAST_STATE"
                        + " $HOLDFAST_SNAPSHOT $HOLDFAST_KIND \"($HOLDFAST_ERROR)\" >&2"));

        assertThat(outcomes).singleElement().satisfies(outcome -> {
            assertThat(outcome.succeeded()).isTrue();
            assertThat(outcome.isConcern()).isFalse();
        });
        assertThat(log)
                .containsExactly(
                        "hook before-backup command 'sh' begins",
                        "  shop 01run",
                        "  running 01snap backup ()",
                        "hook before-backup command 'sh' succeeded: it ended with exit code 0");
    }

    @Test
    void arguments_are_passed_on_as_they_are() {
        HookAction.Command command = new HookAction.Command(List.of("/bin/echo", "$HOME", "a  b", "'"), Map.of());

        run(new HookConfig(HookPoint.BEFORE_BACKUP, When.ALWAYS, command, LONG, OnFailure.FAIL));

        assertThat(log).contains("  $HOME a  b '");
    }

    @Test
    void a_command_sees_its_own_variables_and_no_secret_of_the_server() {
        environment.put("HOLDFAST_PASSPHRASE", "four random words");
        environment.put("HOLDFAST_JWT_SECRET", "jwt");
        environment.put("HOLDFAST_CATALOG_URL", "postgres://u:p@h/d");
        environment.put("PGPASSWORD", "for the hook");
        HookAction.Command command = HookAction.Command.shell(
                "echo \"[$HOLDFAST_PASSPHRASE$HOLDFAST_JWT_SECRET$HOLDFAST_CATALOG_URL] $PGPASSWORD $MINE\"",
                Map.of("MINE", "own"));

        run(new HookConfig(HookPoint.BEFORE_BACKUP, When.ALWAYS, command, LONG, OnFailure.FAIL));

        assertThat(log).contains("  [] for the hook own");
        assertThat(command.toString()).doesNotContain("own");
    }

    @Test
    void a_hook_that_fails_before_a_backup_ends_it_and_no_other_runs() {
        Failed failed = catchThrowableOfType(
                Failed.class,
                () -> run(shell(HookPoint.BEFORE_BACKUP, "exit 7"), shell(HookPoint.BEFORE_BACKUP, "echo second")));

        assertThat(failed.code()).isEqualTo(ErrorCode.HOOK_FAILED);
        assertThat(failed).hasMessage("hook before-backup command 'sh' failed: it ended with exit code 7");
        assertThat(log).doesNotContain("  second");
    }

    @Test
    void a_hook_that_only_warns_lets_the_run_go_on_and_is_a_concern() {
        List<HookOutcome> outcomes = run(
                shell(HookPoint.BEFORE_BACKUP, "exit 7", OnFailure.WARN),
                shell(HookPoint.BEFORE_BACKUP, "exit 8", OnFailure.IGNORE),
                shell(HookPoint.BEFORE_BACKUP, "echo last"));

        assertThat(outcomes).extracting(HookOutcome::succeeded).containsExactly(false, false, true);
        assertThat(outcomes).extracting(HookOutcome::isConcern).containsExactly(true, false, false);
        assertThat(log).contains("  last");
    }

    @Test
    void after_a_backup_all_hooks_run_and_the_first_failure_is_told_at_the_end() {
        assertThatThrownBy(() -> run(
                        shell(HookPoint.AFTER_BACKUP, "exit 7"),
                        shell(HookPoint.AFTER_BACKUP, "echo second"),
                        shell(HookPoint.AFTER_BACKUP, "exit 9")))
                .hasMessage("hook after-backup command 'sh' failed: it ended with exit code 7");
        assertThat(log).contains("  second", "hook after-backup command 'sh' failed: it ended with exit code 9");
    }

    @Test
    void hooks_run_at_their_point_and_after_the_end_they_ask_for() {
        List<HookConfig> all = new ArrayList<>();
        for (When when : When.values()) {
            all.add(new HookConfig(
                    HookPoint.AFTER_BACKUP,
                    when,
                    HookAction.Command.shell("echo " + when.label(), Map.of()),
                    LONG,
                    OnFailure.FAIL));
        }
        all.add(shell(HookPoint.AFTER_RESTORE, "echo restored"));

        hooks().run(all, HookPoint.AFTER_BACKUP, true, CONTEXT, log::add);
        assertThat(log).contains("  always", "  success").doesNotContain("  failure", "  restored");
        log.clear();
        hooks().run(all, HookPoint.AFTER_BACKUP, false, CONTEXT, log::add);
        assertThat(log).contains("  always", "  failure").doesNotContain("  success");
    }

    @Test
    void a_command_that_takes_too_long_is_ended_with_all_it_started() throws IOException {
        Path pids = folder.resolve("pids");
        String line = "(trap '' TERM; while :; do sleep 1; done) & echo $! > " + pids
                + "; setsid sleep 3600 & echo $! >> " + pids + "; echo started; sleep 3600";
        HookConfig hook = new HookConfig(
                HookPoint.BEFORE_BACKUP,
                When.ALWAYS,
                HookAction.Command.shell(line, Map.of()),
                Duration.ofSeconds(2),
                OnFailure.WARN);

        List<HookOutcome> outcomes = run(hook);

        assertThat(outcomes.getFirst().message()).isEqualTo("it took longer than 2s");
        assertThat(log).contains("  started");
        for (String pid : Files.readAllLines(pids)) {
            assertThat(isGone(Long.parseLong(pid))).as("process %s", pid).isTrue();
        }
    }

    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid)
                .map(process -> {
                    process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
                    return !process.isAlive();
                })
                .orElse(true);
    }

    @Test
    void a_command_that_leaves_something_running_is_not_waited_for() throws IOException {
        Path pid = folder.resolve("pid");

        List<HookOutcome> outcomes = run(shell(HookPoint.AFTER_RESTORE, "sleep 300 & echo $! > " + pid));

        assertThat(outcomes.getFirst().succeeded()).isTrue();
        ProcessHandle left =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
    }

    @Test
    void a_run_that_is_cancelled_ends_its_hook() throws Exception {
        Path pid = folder.resolve("pid");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread run = Thread.ofPlatform().start(() -> {
            try {
                hooks().run(
                                List.of(shell(
                                        HookPoint.BEFORE_BACKUP, "echo $$ > " + pid + "; echo begun; sleep 3600")),
                                HookPoint.BEFORE_BACKUP,
                                true,
                                CONTEXT,
                                text -> {
                                    if (text.equals("  begun")) {
                                        begun.countDown();
                                    }
                                });
            } catch (RuntimeException e) {
                thrown.set(e);
            }
        });
        begun.await();

        run.interrupt();
        run.join();

        assertThat(thrown.get()).isInstanceOf(Cancelled.class);
        assertThat(isGone(Long.parseLong(Files.readString(pid).strip()))).isTrue();
    }

    @Test
    void what_a_hook_says_is_kept_up_to_a_limit_and_does_not_hold_it_up() {
        List<HookOutcome> outcomes =
                run(shell(HookPoint.BEFORE_BACKUP, "head -c 1000000 /dev/zero | tr '\\0' x; printf 'e\\033[2Jnd'"));

        assertThat(outcomes.getFirst().succeeded()).isTrue();
        assertThat(log).contains("  (more was said; only the first 64 KiB are kept)");
        assertThat(log.stream().mapToInt(String::length).sum()).isLessThan(70_000);
    }

    @Test
    void what_a_hook_says_cannot_forge_a_line_or_move_a_cursor() {
        run(shell(HookPoint.BEFORE_BACKUP, "printf 'a\\033[2Jb\\rc\\r\\nnext\\n'"));

        assertThat(log).contains("  a [2Jbc", "  next");
    }

    @Test
    void a_program_that_is_not_there_is_a_failure() {
        HookAction.Command command = new HookAction.Command(List.of("/no/such/program"), Map.of());

        List<HookOutcome> outcomes =
                run(new HookConfig(HookPoint.BEFORE_BACKUP, When.ALWAYS, command, LONG, OnFailure.WARN));

        assertThat(outcomes.getFirst().succeeded()).isFalse();
    }

    @Test
    void a_call_sends_what_is_known_of_the_run_unless_it_has_a_body() {
        List<HookOutcome> outcomes = run(call("/ok", LONG, "POST", ""));

        assertThat(outcomes.getFirst().message()).isEqualTo("status 200");
        assertThat(requests)
                .containsExactly(
                        "POST /ok application/json secret {\"stack\":\"shop\",\"run\":\"01run\",\"kind\":\"backup\","
                                + "\"state\":\"running\",\"snapshot\":\"01snap\",\"error\":\"\"}");
        assertThat(log).contains("  fine", "  thanks");
    }

    @Test
    void the_body_of_a_call_is_a_template_that_values_cannot_break_out_of() {
        HookContext nasty = new HookContext(
                "shop", "01run", "backup", "failed", Optional.empty(), Optional.of("it's \"bad\"\n\\o/ ${stack}"));

        run(false, nasty, call("/ok", LONG, "PUT", "{\"text\": \"${stack}: ${error} ${other} $${stack}\"}"));
        run(false, nasty, call("/ok", LONG, "POST", "${stack} ${state}"));
        run(false, nasty, call("/ok", LONG, "GET", ""));

        assertThat(requests)
                .containsExactly(
                        "PUT /ok application/json secret {\"text\": \"shop: it's \\\"bad\\\"\\u000a\\\\o/ ${stack} ${other} ${stack}\"}",
                        "POST /ok text/plain; charset=utf-8 secret shop failed",
                        "GET /ok null secret ");
    }

    @Test
    void another_status_than_expected_is_a_failure() {
        assertThat(run(call("/teapot", LONG, "GET", "")).getFirst().message())
                .isEqualTo("status 418; expected 200 to 299");
        assertThat(run(call("/teapot", LONG, "GET", "", 418)).getFirst().succeeded())
                .isTrue();
        assertThat(run(call("/ok", LONG, "GET", "", 204, 201)).getFirst().message())
                .isEqualTo("status 200; expected 201, 204");
    }

    @Test
    void a_redirection_is_not_followed() {
        assertThat(run(call("/moved", LONG, "GET", "")).getFirst().message())
                .isEqualTo("status 302; expected 200 to 299");
        assertThat(requests).hasSize(1);
    }

    @Test
    void a_call_that_takes_too_long_is_given_up_before_and_within_its_answer() {
        Duration limit = Duration.ofMillis(300);

        assertThat(run(call("/slow", limit, "GET", "")).getFirst().succeeded()).isFalse();
        assertThat(run(call("/endless", limit, "GET", "")).getFirst().message()).isEqualTo("it took longer than 300ms");
    }

    @Test
    void a_server_that_is_not_there_is_a_failure_that_says_so() {
        HookConfig hook = call("/ok", LONG, "GET", "");
        server.stop(0);

        assertThat(run(hook).getFirst().message()).isEqualTo("nobody answers there");
        assertThat(hook.action().toString()).doesNotContain("secret");
    }
}
