package dev.holdfast.connectors.s3;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server on loopback that forgets contents and knows lengths, and does wrong what it is told to do wrong. It checks no
 * signatures and has every bucket.
 */
final class DiscardingS3 implements AutoCloseable {
    /** What is known of an object. */
    record Kept(long bytes, Map<String, String> metadata) {}

    /**
     * Something that goes wrong.
     *
     * @param status what is answered instead of doing the work; 0 to do the work and never tell
     */
    private record Fault(Predicate<HttpExchange> which, int status, AtomicInteger left) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Kept> objects = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentSkipListMap<Integer, Long>> uploads = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> promised = new ConcurrentHashMap<>();
    private final List<Long> completed = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Headers> lastAsked = new ConcurrentHashMap<>();
    private final AtomicInteger begun = new AtomicInteger();
    private volatile long pauseMillis;
    private volatile boolean shortening;

    DiscardingS3() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    S3Location location() {
        return S3Location.of(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                "bucket",
                S3Credentials.of("key", "secret"));
    }

    /** The next requests of a kind are answered with a status. */
    synchronized void fail(Predicate<HttpExchange> which, int times, int status) {
        faults.add(new Fault(which, status, new AtomicInteger(times)));
    }

    /** The next requests of a kind are carried out, and the connection ends without an answer. */
    void lose(Predicate<HttpExchange> which, int times) {
        fail(which, times, 0);
    }

    /** Every answer takes so long. */
    void slow(long millis) {
        pauseMillis = millis;
    }

    /** What is completed from now on lacks a byte. */
    void shorten() {
        shortening = true;
    }

    synchronized int faultsLeft() {
        return faults.stream()
                .mapToInt(fault -> Math.max(0, fault.left().get()))
                .sum();
    }

    static boolean isPart(HttpExchange call) {
        return call.getRequestMethod().equals("PUT") && query(call).contains("partNumber=");
    }

    static boolean isCompletion(HttpExchange call) {
        return call.getRequestMethod().equals("POST") && query(call).contains("uploadId=");
    }

    static boolean isPut(HttpExchange call) {
        return call.getRequestMethod().equals("PUT") && query(call).isEmpty();
    }

    Map<String, Kept> objects() {
        return objects;
    }

    /** What the last file of a path was begun or put with. */
    Headers asked(String path) {
        return Objects.requireNonNull(lastAsked.get(path), path);
    }

    int openUploads() {
        return uploads.size();
    }

    /** The lengths of the parts of the upload that was finished last, in order. */
    synchronized List<Long> parts() {
        return List.copyOf(completed);
    }

    private static String query(HttpExchange call) {
        String query = call.getRequestURI().getRawQuery();
        return query == null ? "" : query;
    }

    private static Map<String, String> parameters(HttpExchange call) {
        Map<String, String> parameters = new TreeMap<>();
        for (String each : query(call).split("&", -1)) {
            int equals = each.indexOf('=');
            parameters.put(equals < 0 ? each : each.substring(0, equals), equals < 0 ? "" : each.substring(equals + 1));
        }
        return parameters;
    }

    private synchronized @Nullable Fault fault(HttpExchange call) {
        for (Fault fault : faults) {
            if (fault.which().test(call) && fault.left().getAndDecrement() > 0) {
                return fault;
            }
        }
        return null;
    }

    private void answer(HttpExchange call) throws IOException {
        Fault fault = fault(call);
        try {
            Thread.sleep(pauseMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (fault != null && fault.status() != 0) {
            discard(call);
            reply(call, fault.status(), "<Error><Code>SlowDown</Code></Error>");
            return;
        }
        if (isPut(call) || query(call).startsWith("uploads")) {
            lastAsked.put(call.getRequestURI().getRawPath(), call.getRequestHeaders());
        }
        Answer answer = work(call);
        if (fault == null) {
            reply(call, answer.status(), answer.body());
        }
        call.close();
    }

    private record Answer(int status, String body) {}

    private Answer work(HttpExchange call) throws IOException {
        Map<String, String> parameters = parameters(call);
        String key = call.getRequestURI().getRawPath();
        String upload = parameters.get("uploadId");
        return switch (call.getRequestMethod()) {
            case "HEAD" -> head(call, key);
            case "PUT" -> upload == null ? put(call, key) : part(call, upload, parameters.get("partNumber"));
            case "POST" -> upload == null ? begin(call) : complete(call, key, upload);
            case "DELETE" -> {
                Object gone = upload == null ? objects.remove(key) : uploads.remove(upload);
                yield new Answer(gone == null && upload != null ? 404 : 204, "");
            }
            default -> new Answer(501, "");
        };
    }

    private Answer head(HttpExchange call, String key) {
        if (key.indexOf('/', 1) < 0) {
            return new Answer(200, "");
        }
        Kept found = objects.get(key);
        if (found == null) {
            return new Answer(404, "");
        }
        call.getResponseHeaders().set("Content-Length", Long.toString(found.bytes()));
        call.getResponseHeaders().set("Last-Modified", "Fri, 20 Nov 2026 00:00:00 GMT");
        found.metadata().forEach((name, value) -> call.getResponseHeaders().set(name, value));
        return new Answer(200, "");
    }

    private Answer put(HttpExchange call, String key) throws IOException {
        Kept kept = new Kept(discard(call), metadata(call));
        boolean once = call.getRequestHeaders().getFirst("If-None-Match") != null;
        if (once && objects.putIfAbsent(key, kept) != null) {
            return new Answer(412, "<Error><Code>PreconditionFailed</Code></Error>");
        }
        objects.put(key, kept);
        call.getResponseHeaders().set("ETag", "\"00000000000000000000000000000000\"");
        return new Answer(200, "");
    }

    private Answer begin(HttpExchange call) throws IOException {
        discard(call);
        String id = "upload-" + begun.incrementAndGet();
        uploads.put(id, new ConcurrentSkipListMap<>());
        promised.put(id, metadata(call));
        return new Answer(
                200, "<InitiateMultipartUploadResult><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
    }

    private Answer part(HttpExchange call, String upload, String number) throws IOException {
        long bytes = discard(call);
        Map<Integer, Long> parts = uploads.get(upload);
        if (parts == null) {
            return noUpload();
        }
        parts.put(Integer.valueOf(number), bytes);
        call.getResponseHeaders().set("ETag", "\"00000000000000000000000000000000\"");
        return new Answer(200, "");
    }

    private static Answer noUpload() {
        return new Answer(404, "<Error><Code>NoSuchUpload</Code></Error>");
    }

    private synchronized Answer complete(HttpExchange call, String key, String upload) throws IOException {
        String asked = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<Integer, Long> parts = uploads.remove(upload);
        if (parts == null) {
            return noUpload();
        }
        if (asked.split("<PartNumber>", -1).length - 1 != parts.size()) {
            throw new IllegalStateException("other parts were asked for than were sent: " + asked);
        }
        Collection<Long> lengths = parts.values();
        completed.clear();
        completed.addAll(lengths);
        long bytes = lengths.stream().mapToLong(Long::longValue).sum();
        objects.put(key, new Kept(bytes - (shortening ? 1 : 0), promised.getOrDefault(upload, Map.of())));
        return new Answer(200, "<CompleteMultipartUploadResult><ETag>\"0-1\"</ETag></CompleteMultipartUploadResult>");
    }

    private static Map<String, String> metadata(HttpExchange call) {
        Map<String, String> metadata = new TreeMap<>();
        call.getRequestHeaders().forEach((name, values) -> {
            if (name.regionMatches(true, 0, "x-amz-meta-", 0, 11)) {
                metadata.put(name, values.getFirst());
            }
        });
        return metadata;
    }

    /** Takes the whole body, which fails where it breaks off, and says how long it was without its signatures. */
    private static long discard(HttpExchange call) throws IOException {
        long raw = 0;
        byte[] buffer = new byte[64 << 10];
        InputStream body = call.getRequestBody();
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            raw += read;
        }
        String decoded = call.getRequestHeaders().getFirst("x-amz-decoded-content-length");
        return decoded == null ? raw : Long.parseLong(decoded);
    }

    private static void reply(HttpExchange call, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        boolean without = call.getRequestMethod().equals("HEAD") || body.length == 0;
        call.sendResponseHeaders(status, without ? -1 : body.length);
        if (!without) {
            call.getResponseBody().write(body);
        }
        call.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
