package dev.holdfast.cli.service;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.DownloadLinks;
import dev.holdfast.control.access.SessionLimits;
import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.channel.Channels;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.ServerChannels;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.hook.CallHook;
import dev.holdfast.control.hook.CommandHook;
import dev.holdfast.control.hook.Hooks;
import dev.holdfast.control.notify.CatalogNotifier;
import dev.holdfast.control.notify.ChannelTrouble;
import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.run.RunLimits;
import dev.holdfast.control.run.RunService;
import dev.holdfast.control.run.Ticker;
import dev.holdfast.control.settings.LiveSettings;
import dev.holdfast.control.settings.Setting;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.server.HoldfastServer;
import dev.holdfast.server.ServerSettings;
import dev.holdfast.server.auth.Authenticator;
import dev.holdfast.server.auth.CrossSiteGuard;
import dev.holdfast.server.auth.JwtKeys;
import dev.holdfast.server.auth.JwtSettings;
import dev.holdfast.server.auth.Jwts;
import dev.holdfast.server.auth.Oidc;
import dev.holdfast.server.auth.OidcSettings;
import dev.holdfast.server.auth.TrustedProxies;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.http.EdgeSettings;
import dev.holdfast.server.http.TlsFiles;
import dev.holdfast.server.metrics.MetricsAccess;
import dev.holdfast.server.routes.SignInWays;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.WarningView;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server, put together: what it knows, what it does by itself, whom it tells, and what it answers. Used once: {@link #open},
 * {@link #start}, {@link #close}.
 */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    private static final Duration CATALOG_PATIENCE = Duration.ofMinutes(1);
    private static final Duration HOOK_CONNECT = Duration.ofSeconds(10);

    private final Settings settings;
    private final MadeKeys keys;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private @Nullable ServerProcess process;

    /**
     * How a server is to be.
     *
     * @param environment with a key for repositories in any case
     * @param stackFiles stack files
     * @param stack the stack that environment variables describe
     * @param folder where relative paths of stacks that are made later begin
     * @param zone of schedules and of log files
     * @param backupOnStart whether a stack without snapshots is backed up at once
     * @param waitForSources how long the first backup waits for sources that are still starting
     * @param version of the software
     * @param name of this server
     */
    public record Settings(
            StateFolder state,
            String bind,
            int port,
            Optional<TlsFiles> tls,
            Environment environment,
            List<Path> stackFiles,
            Optional<StackConfig> stack,
            Path folder,
            ZoneId zone,
            boolean backupOnStart,
            Duration waitForSources,
            String version,
            String name) {
        public Settings {
            stackFiles = List.copyOf(stackFiles);
        }
    }

    /**
     * What it stands on.
     *
     * @param clock the time
     * @param random for keys and ids
     * @param cancellation ends its start early
     */
    public record Ground(
            Connectors connectors,
            Repositories repositories,
            InstantSource clock,
            SecureRandom random,
            Cancellation cancellation) {}

    private Service(Settings settings, Ground ground) {
        this.settings = settings;
        this.keys = new MadeKeys(settings.state(), ground.random());
    }

    /**
     * Starts a server.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be; then nothing of it is left
     */
    public static Service start(Settings settings, Ground ground) {
        Service service = new Service(settings, ground);
        try {
            service.begin(ground);
            return service;
        } catch (RuntimeException | Error e) {
            service.close();
            throw e;
        }
    }

    public URI url() {
        return process == null ? URI.create("http://" + settings.bind()) : process.url();
    }

    private void begin(Ground ground) {
        // long to read, and needed last
        CompletableFuture<Contract> contract = CompletableFuture.supplyAsync(Contract::load);
        opened(StateLock.take(settings.state()));
        note(ServerProcess.current(url(settings.port()), certificate()));
        Catalog catalog = opened(catalog(ground));
        Seal seal = Seal.with(sealKey(), ground.random());
        StackFileReader reader = new StackFileReader(settings.environment());
        Stacks stacks = Stacks.of(catalog, seal, reader, settings.folder(), settings.stackFiles(), settings.stack());
        Snapshots snapshots = Snapshots.in(catalog, ground.repositories(), ground.clock());
        LiveSettings live = LiveSettings.in(catalog, settings.environment(), ground.clock());
        RunService runs = opened(RunService.open(
                parts(ground, catalog, seal, stacks, snapshots, live),
                RunService.Machine.of(ground.clock(), ground.random())));
        Channels channels = Channels.in(catalog, seal, reader, settings.folder(), channelsOfStart(), ground.clock());
        Telling telling = new Telling(stacks, snapshots, runs.runs(), channels::notifications);
        CatalogNotifier notifier = opened(new CatalogNotifier(
                catalog, telling, telling, ServerChannels.reach(settings.environment()), ground.clock()));
        runs.listeners()
                .add(new RunNews(
                        notifier, runs.runs(), runs.logs(), stacks, snapshots, ground.connectors(), ground.clock()));
        Access access =
                Access.in(catalog, SessionLimits.DEFAULT, settings.state().path(), ground.clock());
        Services services = new Services(
                runs.runs(),
                runs.events(),
                runs.logs(),
                stacks,
                snapshots,
                ground.connectors(),
                ground.repositories(),
                settings.environment(),
                text -> reader.parse(settings.folder().resolve("stack.yaml"), "the stack", text),
                notifier,
                notifier.history(),
                channels,
                access,
                DownloadLinks.in(catalog, seal, access, ground.clock(), ground.random()),
                live,
                keys.codes(ground.clock()),
                () -> warnings(notifier, channels),
                ground.clock());
        HoldfastServer server = opened(server(services, runs, catalog, live, contract));
        IdleMemory idle = opened(new IdleMemory(runs));
        runs.listeners().add(idle);
        idle.start();
        remind(stacks);
        access.setUp().begin(settings.environment());
        LocalToken.renew(access, settings.state());
        // nothing begins before it is sure that this server stays
        int port = server.start(settings.port(), settings.bind());
        notifier.start();
        runs.start();
        opened(new ExpiryWatch(certificate(), access, notifier, ground.clock())).start();
        note(ServerProcess.current(url(port), certificate()).asReady(url(port)));
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        open.push(closeable);
        return closeable;
    }

    private void note(ServerProcess self) {
        process = self;
        self.write(settings.state());
    }

    /** How commands of this machine reach it. */
    private URI url(int port) {
        boolean any = settings.bind().equals("0.0.0.0") || settings.bind().equals("::");
        String host = any ? "127.0.0.1" : settings.bind();
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        return URI.create((settings.tls().isPresent() ? "https://" : "http://") + bracketed + ":" + port);
    }

    private Optional<Path> certificate() {
        return settings.tls().map(TlsFiles::certificate);
    }

    // ------------------------------------------------------------- the catalog

    private Catalog catalog(Ground ground) {
        CatalogPlace place = CatalogChoice.of(settings.state(), settings.environment());
        if (place instanceof CatalogPlace.File) {
            return Catalog.open(place);
        }
        return new Patience(CATALOG_PATIENCE, Ticker.ofMachine(), ground.cancellation()::requested)
                .until(() -> Catalog.open(place), e -> LOG.info("waiting for the catalog: {}", e.getMessage()));
    }

    /** Servers that share a catalog need the same key for what is sealed in it. */
    private Path sealKey() {
        return settings.environment()
                .value("HOLDFAST_SEAL_KEY_FILE")
                .map(settings.folder()::resolve)
                .orElseGet(() -> settings.state().path().resolve("catalog.key"));
    }

    // ------------------------------------------------------------- what it does by itself

    private RunService.Parts parts(
            Ground ground, Catalog catalog, Seal seal, Stacks stacks, Snapshots snapshots, LiveSettings live) {
        return new RunService.Parts(
                catalog,
                seal,
                stacks,
                snapshots,
                ground.connectors(),
                ground.repositories(),
                settings.environment(),
                hooks(ground.clock()),
                new FirstBackup(
                        ground.connectors(),
                        snapshots,
                        new RepositoryPlaces(
                                ground.connectors(), ground.repositories(), settings.state(), keys, ground.clock()),
                        settings.waitForSources(),
                        Ticker.ofMachine()),
                settings.state().path(),
                settings.name(),
                settings.zone(),
                () -> limits(live),
                settings.backupOnStart());
    }

    private ServerChannels.Said channelsOfStart() {
        ServerChannels.unknown(settings.environment())
                .forEach(name -> LOG.warn("{} is not known and means nothing; is it misspelt?", name));
        return ServerChannels.read(settings.environment(), settings.folder());
    }

    private Hooks hooks(InstantSource clock) {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(HOOK_CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        return new Hooks(new CommandHook(settings.environment().variables()), new CallHook(opened(client)), clock);
    }

    private static RunLimits limits(LiveSettings live) {
        return RunLimits.USUAL
                .withAtOnce(live.number(Setting.RUNS_AT_ONCE))
                .withKept(live.days(Setting.KEEP_RUNS_DAYS), live.days(Setting.KEEP_LOGS_DAYS));
    }

    // ------------------------------------------------------------- what it answers

    private HoldfastServer server(
            Services services,
            RunService runs,
            Catalog catalog,
            LiveSettings live,
            CompletableFuture<Contract> contract) {
        Jwts jwts = new Jwts(
                services.access(),
                JwtSettings.from(settings.environment()),
                JwtKeys.open(
                        JwtSettings.from(settings.environment()),
                        settings.state().path(),
                        services.clock()),
                services.clock());
        Optional<Oidc> provider = OidcSettings.from(settings.environment(), live.publicUrl())
                .map(config -> new Oidc(config, services.access(), services.clock()));
        CrossSiteGuard guard = new CrossSiteGuard(live::publicUrl);
        return new HoldfastServer(
                services,
                runs.listeners(),
                new Authenticator(services.access(), jwts, provider, guard),
                new SignInWays(jwts, provider, guard),
                new ServerSettings(settings.version(), settings.name(), catalog.isShared(), metrics(), edge()),
                contract.join());
    }

    private MetricsAccess metrics() {
        if (settings.environment().value("HOLDFAST_METRICS").orElse("").equals("open")) {
            return new MetricsAccess.Open();
        }
        return settings.environment()
                .secret("HOLDFAST_METRICS_TOKEN")
                .<MetricsAccess>map(MetricsAccess.ByToken::new)
                .orElseGet(MetricsAccess.ByCredential::new);
    }

    private EdgeSettings edge() {
        EdgeSettings usual = settings.environment()
                .value("HOLDFAST_TRUSTED_PROXIES")
                .map(TrustedProxies::parse)
                .map(EdgeSettings.USUAL::withProxies)
                .orElse(EdgeSettings.USUAL);
        return settings.tls().map(usual::withTls).orElse(usual);
    }

    // ------------------------------------------------------------- what somebody has to do

    private void remind(Stacks stacks) {
        for (StackRecord stack : stacks.list()) {
            if (keys.opens(stack.config().repository())) {
                Reminders.key(keys);
                break;
            }
        }
        keys.unsaved().forEach(Reminders::unsaved);
        stacks.list().stream().filter(stack -> stack.config().isOneCopyShort()).forEach(Reminders::oneCopyShort);
    }

    private List<WarningView> warnings(CatalogNotifier notifier, Channels channels) {
        List<WarningView> warnings = new ArrayList<>();
        keys.unsaved()
                .forEach(stack -> warnings.add(new WarningView(stack, Reminders.UNSAVED, Reminders.UNSAVED_HINT)));
        notifier.history().troubles().forEach(trouble -> warnings.add(silent(trouble)));
        channels.troubles()
                .forEach(trouble -> warnings.add(new WarningView(
                        "",
                        "channel '" + trouble.channel() + "' cannot be used: " + trouble.message(),
                        trouble.hint())));
        return warnings;
    }

    private static WarningView silent(ChannelTrouble trouble) {
        return new WarningView(
                trouble.stack().orElse(""),
                "channel '" + trouble.channel() + "' does not take its messages: " + trouble.waiting() + " wait, "
                        + trouble.lost() + " were given up in the last day; it said: " + trouble.said(),
                "look at its settings, and test it.");
    }

    /** Ends in order: answers nothing more, lets runs end, and gives the folder to others last. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("a part of the server could not be closed", e);
            }
        }
        if (process != null) {
            process.erase(settings.state());
        }
    }
}
