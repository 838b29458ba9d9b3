package dev.holdfast.server.http;

import dev.holdfast.server.http.LiveSource.LiveEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events (WHATWG HTML, 9.2). Each client is one virtual thread that waits at its own queue; a client that reads
 * too slowly is let go, and comes back by itself with the id of the event that it saw last. Safe for many threads.
 */
final class LiveStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStreams.class);
    private static final int WAITING_EVENTS = 512;

    /** Then a client comes back, and has to show again that it may. */
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private static final LiveEvent END = new LiveEvent("", "", "", true);

    private final Duration heartbeat;
    private final Semaphore places;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    LiveStreams(Duration heartbeat, int most) {
        this.heartbeat = heartbeat;
        this.places = new Semaphore(most);
    }

    /** How many clients listen now. */
    int count() {
        return clients.size();
    }

    /** Takes a place for one more client, if there is one. */
    boolean tryEnter() {
        return !ended && places.tryAcquire();
    }

    /** Gives back the place of {@link #tryEnter}. */
    void leave() {
        places.release();
    }

    /**
     * Tells events until the source, the client or the server ends, or the client may no longer.
     *
     * @param admitted whether the client still may; asked every heartbeat, however much happens
     */
    void serve(LiveSource source, Optional<String> after, BooleanSupplier admitted, OutputStream out)
            throws IOException {
        Client client = new Client();
        clients.add(client);
        if (ended) {
            client.end();
        }
        try (AutoCloseable _ = source.begin(after, client::take)) {
            write(out, "retry: 2000\n\n");
            client.copyTo(out, heartbeat, admitted);
        } catch (IOException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            clients.remove(client);
        }
    }

    /** Ends all streams, as the server does. */
    @Override
    public void close() {
        ended = true;
        clients.forEach(Client::end);
    }

    /** One client's queue. */
    private static final class Client {
        private final BlockingQueue<LiveEvent> waiting = new ArrayBlockingQueue<>(WAITING_EVENTS);
        private volatile boolean over;

        void take(LiveEvent event) {
            if (!over && !waiting.offer(event)) {
                LOG.debug("a client of events reads too slowly and is let go");
                end();
            }
        }

        /** Whatever waits is not told any more. */
        void end() {
            over = true;
            waiting.clear();
            boolean _ = waiting.offer(END);
        }

        void copyTo(OutputStream out, Duration heartbeat, BooleanSupplier admitted)
                throws IOException, InterruptedException {
            long began = System.nanoTime();
            long asked = began;
            while (System.nanoTime() - began < LONGEST.toNanos()) {
                LiveEvent event = waiting.poll(asked + heartbeat.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
                boolean due = System.nanoTime() - asked >= heartbeat.toNanos();
                if (over || (due && !admitted.getAsBoolean())) {
                    return;
                }
                asked = due ? System.nanoTime() : asked;
                write(out, event == null ? ": still here\n\n" : text(event));
                if (event != null && event.last()) {
                    return;
                }
            }
        }
    }

    private static String text(LiveEvent event) {
        StringBuilder text = new StringBuilder();
        if (!event.id().isEmpty()) {
            text.append("id: ").append(oneLine(event.id())).append('\n');
        }
        text.append("event: ").append(oneLine(event.name())).append('\n');
        event.data().lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        return text.append('\n').toString();
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ').replace('\r', ' ');
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
