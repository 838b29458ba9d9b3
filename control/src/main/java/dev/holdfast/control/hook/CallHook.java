package dev.holdfast.control.hook;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls URLs as hooks. Redirections are not followed: a hook goes where its author sent it. The whole exchange has the time
 * limit. Safe for many threads.
 */
public final class CallHook {
    /** Names that a body may have between <code>${</code> and <code>}</code>. */
    public static final Set<String> PLACEHOLDERS = Set.of("stack", "run", "kind", "state", "snapshot", "error");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$?\\$\\{([a-z]+)}");
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
    private static final String CONTENT_TYPE = "Content-Type";

    private final HttpClient client;

    public CallHook(HttpClient client) {
        this.client = client;
    }

    Hooks.Answer run(HookAction.Call call, Duration timeout, HookContext context, HookLog log) {
        HttpRequest request = request(call, timeout, context);
        FutureTask<Hooks.Answer> exchange = new FutureTask<>(() -> exchange(call, request, log));
        Thread thread = Thread.ofVirtual().name("hook call").start(exchange);
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            return new Hooks.Answer(false, "it took longer than " + timeout.toMillis() + "ms");
        } catch (ExecutionException e) {
            return new Hooks.Answer(false, whyNot(e.getCause()));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "cancelled during " + call.shown(), "", e);
        }
    }

    private Hooks.Answer exchange(HookAction.Call call, HttpRequest request, HookLog log)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            // as much as a log takes; a body without end ends here
            byte[] start = body.readNBytes(Transcript.MOST_BYTES);
            new Transcript(log).copy(new ByteArrayInputStream(start));
        }
        int status = response.statusCode();
        boolean good = call.expected().isEmpty()
                ? status >= 200 && status < 300
                : call.expected().contains(status);
        return new Hooks.Answer(good, "status " + status + (good ? "" : "; expected " + expected(call)));
    }

    private static String expected(HookAction.Call call) {
        return call.expected().isEmpty()
                ? "200 to 299"
                : new TreeSet<>(call.expected()).stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String whyNot(@Nullable Throwable failure) {
        return failure instanceof ConnectException
                ? "nobody answers there"
                : "the call failed"
                        + (failure == null ? "" : " (" + failure.getClass().getSimpleName() + ")");
    }

    private static HttpRequest request(HookAction.Call call, Duration timeout, HookContext context) {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.uri()).timeout(timeout);
        boolean typed = call.headers().keySet().stream().anyMatch(CONTENT_TYPE::equalsIgnoreCase);
        String template =
                call.body().isEmpty() && WITH_BODY.contains(call.method()) ? everything(context) : call.body();
        call.headers().forEach(request::setHeader);
        if (template.isEmpty()) {
            return request.method(call.method(), BodyPublishers.noBody()).build();
        }
        boolean json = template.stripLeading().startsWith("{")
                || template.stripLeading().startsWith("[");
        if (!typed) {
            request.setHeader(CONTENT_TYPE, json ? "application/json" : "text/plain; charset=utf-8");
        }
        return request.method(call.method(), BodyPublishers.ofString(filled(template, context.values(), json)))
                .build();
    }

    private static String everything(HookContext context) {
        return context.values().keySet().stream()
                .map(name -> "\"" + name + "\":\"${" + name + "}\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** The template with its placeholders replaced, inside of JSON as the content of a string. */
    private static String filled(String template, Map<String, String> values, boolean json) {
        Matcher matcher = PLACEHOLDER.matcher(template);
        return matcher.replaceAll(found -> Matcher.quoteReplacement(value(found, values, json)));
    }

    private static String value(MatchResult place, Map<String, String> values, boolean json) {
        String value = values.get(place.group(1));
        if (place.group().startsWith("$$") || value == null) {
            return place.group().replace("$$", "$");
        }
        return json ? escaped(value) : value;
    }

    private static String escaped(String value) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
