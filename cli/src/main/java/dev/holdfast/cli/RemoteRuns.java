package dev.holdfast.cli;

import dev.holdfast.cli.client.Answers;
import dev.holdfast.cli.client.RunNews;
import dev.holdfast.cli.client.ServerClient;
import dev.holdfast.control.operation.Run;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs of a server: begun from here, followed to their end, or looked at. */
final class RemoteRuns {
    private static final Set<String> UNDER_WAY = Set.of("waiting", "running");
    private static final Duration PAUSE = Duration.ofMillis(300);

    /** Where events tell how it goes, it is only looked now and then. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    /** The last events of a run that has ended are there by then. */
    private static final Duration LAST_NEWS = Duration.ofSeconds(3);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ServerClient client;

    RemoteRuns(ServerClient client) {
        this.client = client;
    }

    JsonNode list(Optional<String> stack, int limit) {
        String filter =
                stack.map(name -> "&stack=" + ServerClient.encoded(name)).orElse("");
        return client.get("/api/v1/runs?limit=" + limit + filter).path("items");
    }

    JsonNode cancel(String run) {
        return client.post(
                "/api/v1/runs/" + ServerClient.encoded(run) + "/cancel",
                JsonMapper.shared().createObjectNode(),
                Map.of());
    }

    String log(String run) {
        return client.text("/api/v1/runs/" + ServerClient.encoded(run) + "/log");
    }

    /**
     * Begins a run, waits until it has ended, and tells its progress meanwhile; has it end early if somebody asks for that here.
     *
     * @return the run as it ended
     */
    JsonNode carriedOut(String path, ObjectNode order, Run run) {
        JsonNode begun = client.postOnce(path, order);
        String id = begun.path("id").asString("");
        Following following = new Following(run.listener());
        try (RunNews news = new RunNews(client, id)) {
            JsonNode ended = followed(begun, news, following, run);
            long giveUp = System.nanoTime() + LAST_NEWS.toNanos();
            while (news.awaited() && System.nanoTime() < giveUp) {
                hear(news, following, id);
            }
            hear(news, following, Duration.ZERO, id);
            if (ended.path("result").isObject()) {
                following.end();
            }
            return ended;
        }
    }

    private JsonNode followed(JsonNode begun, RunNews news, Following following, Run run) {
        String id = begun.path("id").asString("");
        JsonNode current = begun;
        boolean asked = false;
        while (UNDER_WAY.contains(current.path("state").asString(""))) {
            if (news.absent()) {
                following.tell(current.path("progress"));
            }
            if (run.cancellation().requested() && !asked) {
                asked = true;
                cancel(id);
            }
            long look = System.nanoTime() + LOOK.toNanos();
            do {
                hear(news, following, id);
            } while (news.goesOn()
                    && System.nanoTime() < look
                    && asked == run.cancellation().requested());
            current = shown(id);
        }
        return current;
    }

    private static void hear(RunNews news, Following following, String id) {
        hear(news, following, PAUSE, id);
    }

    private static void hear(RunNews news, Following following, Duration atMost, String id) {
        try {
            news.take(atMost, following::hear);
        } catch (InterruptedException e) {
            throw noLongerWaiting(id, e);
        }
    }

    private static Cancelled noLongerWaiting(String id, @Nullable InterruptedException cause) {
        return new Cancelled(
                ErrorCode.CANCELLED,
                "no longer waiting for run " + id + ", which was asked to end",
                "'holdfast runs' tells what became of it.",
                cause);
    }

    /** A server that is started again meanwhile is waited for. */
    private JsonNode shown(String id) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return client.get("/api/v1/runs/" + ServerClient.encoded(id));
            } catch (Unavailable e) {
                if (System.nanoTime() > giveUp) {
                    throw e;
                }
                pause(id);
            }
        }
    }

    private static void pause(String id) {
        LockSupport.parkNanos(PAUSE.toNanos());
        if (Thread.interrupted()) {
            throw noLongerWaiting(id, null);
        }
    }

    static Optional<HoldfastException> failure(JsonNode run) {
        return run.path("error").isObject() ? Optional.of(Answers.failure(run.path("error"))) : Optional.empty();
    }

    /**
     * What a run that has ended did.
     *
     * @throws HoldfastException why it did nothing
     */
    static JsonNode result(JsonNode run) {
        if (run.path("result").isObject()) {
            return run.path("result");
        }
        String state = run.path("state").asString("");
        if (state.equals("cancelled")) {
            throw new Cancelled(ErrorCode.CANCELLED, "the run was cancelled", "");
        }
        throw failure(run)
                .orElseGet(() -> new Unavailable(
                        ErrorCode.SERVER_UNAVAILABLE,
                        "the run ended " + state + " and the server does not say why",
                        "see 'holdfast logs " + run.path("id").asString("") + "'."));
    }
}
