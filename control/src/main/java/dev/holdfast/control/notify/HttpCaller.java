package dev.holdfast.control.notify;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls. It follows no move, keeps no cookie, repeats nothing, connects only where {@link Reach} allows, reads only the
 * beginning of an answer, and gives up in time. Safe for many threads.
 */
final class HttpCaller implements AutoCloseable {
    private static final int MOST_READ = 16 * 1024;
    private static final int MOST_AT_ONCE = 32;

    private final Reach reach;
    private final Patience patience;
    private final InstantSource clock;
    private @Nullable CloseableHttpClient client;

    HttpCaller(Reach reach, Patience patience, InstantSource clock) {
        this.reach = reach;
        this.patience = patience;
        this.clock = clock;
    }

    /** Made when it is first needed: most servers call nobody for a long time, and it reads all authorities that Java knows. */
    private synchronized CloseableHttpClient client() {
        if (client == null) {
            client = made();
        }
        return client;
    }

    private CloseableHttpClient made() {
        Timeout connect = Timeout.of(patience.connect());
        Timeout silence = Timeout.of(patience.silence());
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked(reach))
                        .setMaxConnTotal(MOST_AT_ONCE)
                        .setMaxConnPerRoute(MOST_AT_ONCE)
                        .setDefaultSocketConfig(
                                SocketConfig.custom().setSoTimeout(silence).build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(connect)
                                .setSocketTimeout(silence)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(silence)
                        .setConnectionRequestTimeout(connect)
                        .build())
                .setConnectionReuseStrategy((_, _, _) -> false)
                .setUserAgent("Holdfast")
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAutomaticRetries()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    /**
     * Makes a call.
     *
     * @throws IOException if no answer came; its message has nothing of the call in it but the host
     */
    Reply call(HttpCall call) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(
                call.body().isPresent() ? "POST" : "GET", call.url().uri());
        call.headers().forEach(request::setHeader);
        call.body()
                .ifPresent(body -> request.setEntity(
                        new StringEntity(body, ContentType.create(call.contentType(), StandardCharsets.UTF_8))));
        return patience.inTime(() -> exchange(request), request::cancel);
    }

    @Override
    public synchronized void close() throws IOException {
        if (client != null) {
            client.close();
        }
    }

    /** What is left of the answer is not read, which could take for ever: the connection is broken off. */
    private Reply exchange(HttpUriRequestBase request) throws IOException {
        HttpHost host = new HttpHost(
                request.getScheme(),
                request.getAuthority().getHostName(),
                request.getAuthority().getPort());
        ClassicHttpResponse response = client().executeOpen(host, request, HttpClientContext.create());
        try {
            return reply(response);
        } finally {
            request.cancel();
            Closer.closeQuietly(response);
        }
    }

    private Reply reply(ClassicHttpResponse response) throws IOException {
        Optional<Duration> pause = Optional.ofNullable(response.getFirstHeader("Retry-After"))
                .map(Header::getValue)
                .flatMap(this::pause);
        return new Reply(response.getCode(), pause, beginning(response.getEntity()));
    }

    private static String beginning(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return "";
        }
        InputStream body = entity.getContent();
        return body == null ? "" : new String(body.readNBytes(MOST_READ), StandardCharsets.UTF_8);
    }

    private Optional<Duration> pause(String header) {
        return seconds(header)
                .or(() -> until(header))
                .map(pause -> pause.compareTo(Pauses.LONGEST) > 0 ? Pauses.LONGEST : pause);
    }

    private static Optional<Duration> seconds(String header) {
        return header.matches("[0-9]{1,9}")
                ? Optional.of(Duration.ofSeconds(Long.parseLong(header)))
                : Optional.empty();
    }

    private Optional<Duration> until(String header) {
        try {
            Instant end = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration pause = Duration.between(clock.instant(), end);
            return pause.isNegative() ? Optional.empty() : Optional.of(pause);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Resolves names to addresses that are allowed; the client connects to just these. */
    private record Checked(Reach reach) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] all = SystemDefaultDnsResolver.INSTANCE.resolve(host);
            if (!List.of(all).stream().allMatch(reach::allows)) {
                throw new OutOfReach(host, reach);
            }
            return all;
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
        }
    }
}
