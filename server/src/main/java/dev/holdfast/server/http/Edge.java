package dev.holdfast.server.http;

import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.server.auth.ClientAddress;
import dev.holdfast.server.auth.WebRequest;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.contract.Operation;
import dev.holdfast.server.http.RequestReader.Brought;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The web server with its table of routes. Used once: {@link #start}, then {@link #close}. */
public final class Edge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

    private final List<Route> routes;
    private final Contract contract;
    private final Doorkeeper doorkeeper;
    private final CallListener listener;
    private final EdgeSettings settings;
    private final RequestReader reader;
    private final LiveStreams streams;
    private final WebServer web;
    private final Javalin javalin;

    /**
     * @throws IllegalStateException if a route is not in the contract
     */
    public Edge(
            List<Route> routes,
            Contract contract,
            Doorkeeper doorkeeper,
            CallListener listener,
            EdgeSettings settings) {
        this.routes = List.copyOf(routes);
        this.contract = contract;
        this.doorkeeper = doorkeeper;
        this.listener = listener;
        this.settings = settings;
        this.reader = new RequestReader(contract.schemas(), settings.maxBodyBytes());
        this.streams = new LiveStreams(settings.heartbeat(), settings.maxEventClients());
        this.web = new WebServer(settings);
        this.javalin = Javalin.create(this::configure);
    }

    /**
     * Begins to serve.
     *
     * @param port 0 for any that is free
     * @return the port
     * @throws Unavailable (SERVER_UNAVAILABLE) if that cannot be
     */
    public int start(String bind, int port) {
        web.listenAt(bind, port);
        try {
            javalin.start();
            return javalin.port();
        } catch (RuntimeException e) {
            throw new Unavailable(
                    ErrorCode.SERVER_UNAVAILABLE,
                    "cannot serve at " + bind + ":" + port + ": " + reason(e),
                    "--port takes another port if this one is in use or not allowed; --bind names an address of this"
                            + " machine, or 0.0.0.0 for all.",
                    e);
        }
    }

    /** What the system said; whoever passes it on only guesses that the port is in use. */
    private static String reason(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first instanceof UnresolvedAddressException
                ? "there is no such address"
                : String.valueOf(first.getMessage()).toLowerCase(Locale.ROOT);
    }

    public List<Route> routes() {
        return routes;
    }

    /** How many follow events now. */
    public int eventClients() {
        return streams.count();
    }

    /** When the certificate ends to be valid; empty without TLS. */
    public Optional<Instant> certificateEnds() {
        return web.certificateEnds();
    }

    /** Takes up certificate and key if their files changed. */
    public void renewCertificate() {
        web.renewCertificate();
    }

    @Override
    public void close() {
        streams.close();
        javalin.stop();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = settings.maxBodyBytes();
        config.http.prefer405over404 = true;
        config.http.generateEtags = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.router.ignoreTrailingSlashes = false;
        web.configure(config.jetty);
        config.routes.before(
                context -> SecurityHeaders.put(context, settings.tls().isPresent()));
        // without a mapper of their own these would be answered by the framework
        config.routes.exception(
                HttpResponseException.class, (failure, context) -> write(Failures.of(failure), context));
        config.routes.exception(Exception.class, (failure, context) -> write(Failures.of(failure), context));
        routes.forEach(route -> register(config, route));
    }

    private void register(JavalinConfig config, Route route) {
        Operation operation = contract.operation(route.method().label(), route.path())
                .orElseThrow(() -> new IllegalStateException("the contract has no " + route));
        config.routes.addHttpHandler(
                route.method().handler(), route.path(), context -> handle(route, operation, context), route.access());
        if (route.method() == Method.GET) {
            config.routes.addHttpHandler(
                    HandlerType.HEAD, route.path(), context -> handle(route, operation, context), route.access());
        }
    }

    private void handle(Route route, Operation operation, Context context) {
        WebRequest request = request(context);
        Optional<Principal> principal = admit(route, request);
        Brought brought = reader.read(operation, context);
        Call call = new Call(request, principal, brought.parameters(), brought.body());
        write(answer(route, operation, call), route, call, context);
    }

    /** What leaves no trace is not answered. */
    private Answer answer(Route route, Operation operation, Call call) {
        Answer answer;
        try {
            permit(route, call);
            answer = route.endpoint().answer(call);
        } catch (RuntimeException e) {
            listener.refused(operation, route, call, Failures.statusOf(e));
            throw e;
        }
        listener.answered(operation, route, call);
        return answer;
    }

    private Optional<Principal> admit(Route route, WebRequest request) {
        return switch (route.access()) {
            case ANYONE -> Optional.empty();
            case WATCHER -> doorkeeper.watches(request) ? Optional.empty() : Optional.of(known(request, Role.VIEWER));
            case VIEWER -> Optional.of(known(request, Role.VIEWER));
            case OPERATOR -> Optional.of(known(request, Role.OPERATOR));
            case ADMIN -> Optional.of(known(request, Role.ADMIN));
        };
    }

    private Principal known(WebRequest request, Role needed) {
        Principal principal = doorkeeper.admit(request);
        if (!principal.maySomewhere(needed)) {
            throw Call.forbidden(needed, "");
        }
        return principal;
    }

    /** A route about one stack needs its role for that stack; one for administrators without a stack needs it everywhere. */
    private static void permit(Route route, Call call) {
        Optional<Role> needed = route.role();
        if (needed.isEmpty() || call.anybody().isEmpty()) {
            return;
        }
        if (route.path().contains("/{stack}")) {
            call.permit(needed.get(), call.text("stack"));
        } else if (needed.get() == Role.ADMIN && !route.narrows()) {
            call.permitEverywhere(Role.ADMIN);
        }
    }

    /** Whether whoever was let in would be let in again, and may do the same as then. */
    private boolean mayStill(Route route, Call call) {
        try {
            return admit(route, call.request())
                    .map(Principal::grant)
                    .equals(call.anybody().map(Principal::grant));
        } catch (HoldfastException e) {
            LOG.debug("who follows events may no longer, or nobody can tell", e);
            return false;
        }
    }

    private WebRequest request(Context context) {
        HttpServletRequest plain = context.req();
        Map<String, List<String>> headers = new HashMap<>();
        for (String name : Collections.list(plain.getHeaderNames())) {
            headers.put(name.toLowerCase(Locale.ROOT), Collections.list(plain.getHeaders(name)));
        }
        String peer = String.valueOf(plain.getRemoteAddr());
        boolean trusted = settings.proxies().contain(peer);
        return new WebRequest(
                context.method().name(),
                context.path(),
                headers,
                ClientAddress.of(peer, headers.getOrDefault("x-forwarded-for", List.of()), settings.proxies()),
                plain.isSecure()
                        || (trusted
                                && headers.getOrDefault("x-forwarded-proto", List.of())
                                        .equals(List.of("https"))));
    }

    private static void write(Problem problem, Context context) {
        if (context.res().isCommitted()) {
            cut(context);
            return;
        }
        UnreadBody.settle(context);
        if (problem.status() == Status.UNAUTHORIZED) {
            context.header("WWW-Authenticate", "Bearer realm=\"holdfast\"");
        }
        context.status(problem.status());
        body(context, Problem.TYPE, Json.bytes(problem));
    }

    private void write(Answer answer, Route route, Call call, Context context) {
        UnreadBody.settle(context);
        switch (answer) {
            case Answer.Json json -> {
                fields(context, json.status(), json.headers());
                body(context, "application/json", Json.bytes(json.value()));
            }
            case Answer.Text text -> {
                fields(context, text.status(), text.headers());
                body(context, text.type(), text.bytes());
            }
            case Answer.Empty empty -> fields(context, empty.status(), empty.headers());
            case Answer.Download download -> send(download, context);
            case Answer.Live live -> follow(live, route, call, context);
        }
    }

    private static void fields(Context context, int status, Answer.Headers headers) {
        context.status(status);
        headers.fields().forEach(field -> {
            if (field.getKey().equals("Set-Cookie")) {
                context.res().addHeader(field.getKey(), field.getValue());
            } else {
                context.header(field.getKey(), field.getValue());
            }
        });
    }

    private static void body(Context context, String type, byte[] bytes) {
        context.contentType(type);
        context.result(bytes);
    }

    private static void send(Answer.Download download, Context context) {
        context.header("Content-Disposition", FileName.disposition(download.name()));
        context.contentType(download.type());
        if (context.method().equals(HandlerType.HEAD)) {
            return;
        }
        try {
            OutputStream out = context.res().getOutputStream();
            download.writing().to(out);
            out.flush();
        } catch (IOException e) {
            if (!context.res().isCommitted()) {
                // nothing was sent, so it is not the client that went away
                forget(context);
                throw new UncheckedIOException(e);
            }
            LOG.debug("a download was not taken to its end", e);
            cut(context);
        } catch (RuntimeException e) {
            if (!context.res().isCommitted()) {
                forget(context);
                throw e;
            }
            LOG.warn("a download could not be made whole and was cut name={}", download.name(), e);
            cut(context);
        }
    }

    private static void forget(Context context) {
        context.res().resetBuffer();
        context.removeHeader("Content-Disposition");
    }

    /**
     * What was begun and cannot be finished must not look like the whole. Without chunks the end of the connection is the end of
     * the body, and an orderly one would be taken for it; so it is reset, below TLS, which would say goodbye.
     */
    private static void cut(Context context) {
        ServletContextRequest request = ServletContextRequest.getServletContextRequest(context.req());
        EndPoint end = request.getConnectionMetaData().getConnection().getEndPoint();
        while (end instanceof EndPoint.Wrapper wrapper) {
            end = wrapper.unwrap();
        }
        try {
            if (end.getTransport() instanceof SocketChannel channel) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            LOG.debug("the connection is gone already", e);
        }
        end.close();
    }

    private void follow(Answer.Live live, Route route, Call call, Context context) {
        boolean head = context.method().equals(HandlerType.HEAD);
        if (!head && !streams.tryEnter()) {
            throw new Unavailable(
                    ErrorCode.TOO_MANY_REQUESTS,
                    settings.maxEventClients() + " clients follow events already",
                    "close some, or ask for the state of the run instead.");
        }
        context.header("X-Accel-Buffering", "no");
        context.contentType("text/event-stream; charset=utf-8");
        if (head) {
            return;
        }
        try {
            streams.serve(
                    live.source(),
                    call.header("last-event-id").filter(id -> !id.isEmpty()),
                    () -> mayStill(route, call),
                    context.res().getOutputStream());
        } catch (IOException e) {
            LOG.trace("a client of events is gone", e);
        } finally {
            streams.leave();
        }
    }
}
