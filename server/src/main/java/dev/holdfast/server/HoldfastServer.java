package dev.holdfast.server;

import dev.holdfast.control.access.Principal;
import dev.holdfast.control.run.RunListeners;
import dev.holdfast.control.settings.Setting;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.server.auth.Authenticator;
import dev.holdfast.server.auth.Identity;
import dev.holdfast.server.auth.WebRequest;
import dev.holdfast.server.browse.Shelf;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.http.Doorkeeper;
import dev.holdfast.server.http.Edge;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.metrics.Health;
import dev.holdfast.server.metrics.ServiceMetrics;
import dev.holdfast.server.routes.AccessRoutes;
import dev.holdfast.server.routes.ChannelRoutes;
import dev.holdfast.server.routes.DestinationRoutes;
import dev.holdfast.server.routes.DownloadRoutes;
import dev.holdfast.server.routes.ExportRoutes;
import dev.holdfast.server.routes.HistoryRoutes;
import dev.holdfast.server.routes.KeptFileRoutes;
import dev.holdfast.server.routes.LinkRoutes;
import dev.holdfast.server.routes.RestoreRoutes;
import dev.holdfast.server.routes.RunRoutes;
import dev.holdfast.server.routes.SettingsRoutes;
import dev.holdfast.server.routes.SignInWays;
import dev.holdfast.server.routes.SnapshotRoutes;
import dev.holdfast.server.routes.StackRoutes;
import dev.holdfast.server.routes.StatusRoutes;
import dev.holdfast.server.routes.TeamRoutes;
import dev.holdfast.server.routes.WatchRoutes;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.SettingsView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server. Used once: {@link #start}, then {@link #close}; what it was given stays open, and is closed after it.
 */
public final class HoldfastServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HoldfastServer.class);
    private static final Duration UPKEEP = Duration.ofSeconds(30);
    private static final int SWEEP_EVERY = 120;

    private final Services services;
    private final ServerSettings settings;
    private final Contract contract;
    private final Shelf shelf;
    private final Edge edge;
    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile String bind = "";
    private volatile int port;

    /**
     * @param services what the routes ask
     * @param listeners where runs tell that they ended
     * @param authenticator tells who asks
     * @param ways how people get in
     * @param contract what it keeps to
     */
    public HoldfastServer(
            Services services,
            RunListeners listeners,
            Authenticator authenticator,
            SignInWays ways,
            ServerSettings settings,
            Contract contract) {
        this.services = services;
        this.settings = settings;
        this.contract = contract;
        this.shelf = new Shelf(services.repositories(), services.clock());
        Watched watched = new Watched();
        ServiceMetrics metrics =
                new ServiceMetrics(services, settings.version(), watched::eventClients, watched::certificateEnds);
        this.edge = new Edge(
                routes(ways, metrics),
                contract,
                new Door(authenticator, settings),
                new AuditTrail(services.access().audit()),
                settings.edge());
        watched.edge = edge;
        listeners.add(metrics);
    }

    /**
     * Begins to serve.
     *
     * @param onPort 0 for any that is free
     * @param address to listen at, {@code 127.0.0.1} unless somebody wants more
     * @return the port
     * @throws dev.holdfast.engine.error.Unavailable (SERVER_UNAVAILABLE) if that cannot be
     */
    public int start(int onPort, String address) {
        bind = address;
        port = edge.start(address, onPort);
        Thread.ofVirtual().name("upkeep").start(this::upkeep);
        LOG.info(
                "serving bind={} port={} tls={}",
                address,
                port,
                settings.edge().tls().isPresent());
        return port;
    }

    /** All routes, for those who look whether the contract has them. */
    public List<Route> routes() {
        return edge.routes();
    }

    public Contract contract() {
        return contract;
    }

    /** Ends all streams of events and cuts what is under way. */
    @Override
    public void close() {
        ending.countDown();
        edge.close();
        shelf.close();
    }

    private List<Route> routes(SignInWays ways, ServiceMetrics metrics) {
        DownloadRoutes downloads = new DownloadRoutes(services, shelf);
        return Stream.of(
                        new StatusRoutes(
                                        services,
                                        settings.version(),
                                        settings.name(),
                                        services.clock().instant())
                                .all(),
                        new SettingsRoutes(
                                        services.settings(),
                                        this::settings,
                                        ways.provider().isPresent())
                                .all(),
                        new StackRoutes(services, shelf).all(),
                        new RunRoutes(services).all(),
                        new SnapshotRoutes(services, shelf).all(),
                        downloads.all(),
                        new LinkRoutes(services, downloads).all(),
                        new RestoreRoutes(services).all(),
                        new DestinationRoutes(services).all(),
                        new ExportRoutes(services).all(),
                        new KeptFileRoutes(services).all(),
                        new ChannelRoutes(services).all(),
                        new HistoryRoutes(services).all(),
                        new AccessRoutes(services.access(), ways).all(),
                        new TeamRoutes(services, downloads).all(),
                        new WatchRoutes(new Health(services), metrics, contract).all())
                .flatMap(List::stream)
                .toList();
    }

    private SettingsView settings(List<SettingsView.SettingView> values) {
        return new SettingsView(
                settings.version(),
                settings.name(),
                bind,
                port,
                settings.edge().tls().isPresent(),
                edge.certificateEnds(),
                settings.sharedCatalog() ? "shared" : "file",
                settings.metrics().label(),
                new SettingsView.LimitsView(
                        settings.edge().maxBodyBytes(), settings.edge().maxEventClients()),
                values);
    }

    /** What has to be done now and then; a failure is told, and it is tried again the next time. */
    private void upkeep() {
        try {
            for (int i = 1; !ending.await(UPKEEP.toMillis(), TimeUnit.MILLISECONDS); i++) {
                tend(i % SWEEP_EVERY == 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void tend(boolean sweep) {
        attempt(shelf::sweep);
        attempt(edge::renewCertificate);
        if (sweep) {
            attempt(() -> services.access().sweep(services.settings().days(Setting.KEEP_AUDIT_DAYS)));
        }
    }

    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("upkeep failed", e);
        }
    }

    /** What the metrics ask of the edge, which is made after them. */
    private static final class Watched {
        private volatile @Nullable Edge edge;

        int eventClients() {
            Edge there = edge;
            return there == null ? 0 : there.eventClients();
        }

        Optional<Instant> certificateEnds() {
            Edge there = edge;
            return there == null ? Optional.empty() : there.certificateEnds();
        }
    }

    /** Lets in whom the authenticator knows. */
    private record Door(Authenticator authenticator, ServerSettings settings) implements Doorkeeper {
        @Override
        public Principal admit(WebRequest request) {
            return switch (authenticator.identify(request)) {
                case Identity.Known known -> known.principal();
                case Identity.Nobody _ ->
                    throw new AccessDenied(
                            ErrorCode.NOT_SIGNED_IN,
                            "nobody is signed in",
                            "sign in, or send an API token as 'Authorization: Bearer ...'.");
                case Identity.Refused refused ->
                    throw new AccessDenied(refused.code(), refused.message(), refused.hint());
            };
        }

        @Override
        public boolean watches(WebRequest request) {
            return settings.metrics().admits(request.headers().getOrDefault("authorization", List.of()));
        }
    }
}
