package dev.holdfast.cli.client;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happens to a run of a server, from its beginning to its end, heard by a thread of its own. A stream that is cut is taken
 * up again where it ended; where the server tells no events, nothing is heard. For one thread that takes.
 */
public final class RunNews implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long PAUSE_NANOS = 500_000_000;
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final ServerClient client;
    private final String path;
    private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    private final Thread listener;
    private volatile boolean begun;
    private volatile boolean over;
    private volatile boolean absent;
    private volatile boolean closed;
    private String last = "";

    public RunNews(ServerClient client, String run) {
        this.client = client;
        this.path = "/api/v1/runs/" + run + "/events";
        this.listener = Thread.ofVirtual().name("news of a run").start(this::listen);
    }

    /** Whether the server tells no events. */
    public boolean absent() {
        return absent;
    }

    /** Whether something was heard, and more will be. */
    public boolean goesOn() {
        return begun && awaited();
    }

    /** Whether more may be heard. */
    public boolean awaited() {
        return !over && !absent;
    }

    /** Takes what was heard, and waits for something if there is nothing yet. */
    public void take(Duration atMost, Consumer<JsonNode> each) throws InterruptedException {
        JsonNode next = heard.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        while (next != null) {
            each.accept(next);
            next = heard.poll();
        }
    }

    private void listen() {
        while (awaited() && !closed) {
            try {
                client.stream(path, last.isEmpty() ? Map.of() : Map.of("Last-Event-ID", last), SILENCE, this::read);
            } catch (Unavailable e) {
                // it may be there again soon
            } catch (HoldfastException | JacksonException e) {
                absent = true;
            }
            if (awaited() && !closed) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Server-sent events: fields of one event, then an empty line. */
    private boolean read(InputStream body) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        String id = "";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null && !over && !closed; line = lines.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data.append(line, 6, line.length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                JsonNode event = JSON.readTree(data.toString());
                last = id;
                heard.add(event);
                begun = true;
                over = isEnd(event);
                data.setLength(0);
            }
        }
        return over;
    }

    /** Of a run whose events are forgotten, the end is told without anything in it. */
    private static boolean isEnd(JsonNode event) {
        String state = event.path("state").asString("");
        return event.isEmpty() || (!state.isEmpty() && !state.equals("waiting") && !state.equals("running"));
    }

    @Override
    public void close() {
        closed = true;
        listener.interrupt();
    }
}
