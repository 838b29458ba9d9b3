package dev.holdfast.server.http;

import dev.holdfast.engine.error.HoldfastException;
import io.javalin.config.JettyConfig;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty as we want it: few threads of the platform, one virtual thread for each request, small buffers, and limits. */
final class WebServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final int PLATFORM_THREADS = 8;
    private static final int IDLE_THREADS = 2;
    private static final int HEADER_BYTES = 16 << 10;
    private static final int BUFFER_BYTES = 16 << 10;

    private final EdgeSettings settings;
    private final SslContextFactory.@Nullable Server ssl;
    private volatile Optional<Instant> certificateEnds = Optional.empty();
    private volatile long certificateChanged;
    private String bind = "127.0.0.1";
    private int port;

    WebServer(EdgeSettings settings) {
        this.settings = settings;
        this.ssl = settings.tls().map(this::ssl).orElse(null);
    }

    void listenAt(String address, int number) {
        bind = address;
        port = number;
    }

    void configure(JettyConfig jetty) {
        jetty.threadPool = threads();
        jetty.modifyHttpConfiguration(this::http);
        jetty.modifyServer(server -> {
            server.setErrorHandler(new BareErrors());
            server.setStopTimeout(0);
            server.addBean(new NetworkConnectionLimit(settings.maxConnections(), server));
        });
        jetty.modifyServletContextHandler(handler -> handler.setErrorHandler(new BareErrors()));
        jetty.addConnector(this::connector);
    }

    Optional<Instant> certificateEnds() {
        return certificateEnds;
    }

    /** A certificate that cannot be used leaves the one before in force. */
    synchronized void renewCertificate() {
        TlsFiles files = settings.tls().orElse(null);
        if (ssl == null || files == null || files.changed() == certificateChanged) {
            return;
        }
        try {
            ssl.reload(factory -> load(files, factory));
            LOG.info("certificate renewed ends={}", certificateEnds.orElse(null));
        } catch (HoldfastException e) {
            certificateChanged = files.changed();
            LOG.error("the certificate was changed and cannot be used; the one before stays: {}", e.getMessage());
        } catch (Exception e) {
            LOG.error("the certificate could not be renewed; the one before stays", e);
        }
    }

    private SslContextFactory.Server ssl(TlsFiles files) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setRenegotiationAllowed(false);
        load(files, factory);
        return factory;
    }

    private void load(TlsFiles files, SslContextFactory factory) {
        long changed = files.changed();
        TlsFiles.Loaded loaded = files.load();
        factory.setKeyStore(loaded.store());
        factory.setKeyStorePassword("");
        factory.setKeyManagerPassword("");
        certificateEnds = Optional.of(loaded.ends());
        certificateChanged = changed;
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(PLATFORM_THREADS, IDLE_THREADS);
        threads.setName("http");
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory()));
        return threads;
    }

    private void http(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setResponseHeaderSize(HEADER_BYTES);
        http.setOutputBufferSize(BUFFER_BYTES);
        http.setIdleTimeout(settings.idleTimeout().toMillis());
        http.setHttpCompliance(HttpCompliance.RFC9110);
        if (ssl != null) {
            http.addCustomizer(new SecureRequestCustomizer(false));
        }
    }

    private Connector connector(Server server, HttpConfiguration http) {
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ConnectionFactory[] factories = ssl == null
                ? new ConnectionFactory[] {plain}
                : new ConnectionFactory[] {new SslConnectionFactory(ssl, HttpVersion.HTTP_1_1.asString()), plain};
        ServerConnector connector = new ServerConnector(server, null, null, null, 1, 1, factories);
        connector.setHost(bind);
        connector.setPort(port);
        connector.setIdleTimeout(settings.idleTimeout().toMillis());
        connector.setReuseAddress(true);
        return connector;
    }
}
