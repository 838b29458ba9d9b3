package dev.holdfast.server;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.Caller;
import dev.holdfast.control.access.DownloadLinks;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.NewToken;
import dev.holdfast.control.access.NewUser;
import dev.holdfast.control.access.OpenedSession;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.SessionLimits;
import dev.holdfast.control.access.StackScope;
import dev.holdfast.control.access.User;
import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.channel.Channels;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.ServerChannels;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.hook.CallHook;
import dev.holdfast.control.hook.CommandHook;
import dev.holdfast.control.hook.Hooks;
import dev.holdfast.control.notify.NotificationBook;
import dev.holdfast.control.notify.NotificationHistory;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.Notifier;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.run.Preparation;
import dev.holdfast.control.run.RunLimits;
import dev.holdfast.control.run.RunService;
import dev.holdfast.control.settings.LiveSettings;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.control.wiring.EngineRepositories;
import dev.holdfast.control.wiring.InstalledConnectors;
import dev.holdfast.server.auth.Authenticator;
import dev.holdfast.server.auth.CrossSiteGuard;
import dev.holdfast.server.auth.JwtKeys;
import dev.holdfast.server.auth.JwtSettings;
import dev.holdfast.server.auth.Jwts;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.http.EdgeSettings;
import dev.holdfast.server.metrics.MetricsAccess;
import dev.holdfast.server.routes.SignInWays;
import dev.holdfast.server.services.RecoveryCodes;
import dev.holdfast.server.services.Services;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A whole server with everything behind it, on a folder of its own: catalog in SQLite, repositories on disk, runs that are carried
 * out. Its stack {@code shop} has a directory and two destinations.
 */
final class TestServer implements AutoCloseable {
    static final String PASSWORD = "seven green kettles over there";

    final SettableClock clock = new SettableClock();
    final Path folder;
    final Path uploads;
    final Catalog catalog;
    final Services services;
    final RunService runs;
    final HoldfastServer server;
    final int port;
    final ApiClient client;
    final Codes codes = new Codes();
    final NotificationBook book;
    private final HttpClient hookClient = HttpClient.newHttpClient();

    TestServer(Path folder) throws IOException {
        this(folder, EdgeSettings.USUAL, new MetricsAccess.ByCredential());
    }

    TestServer(Path folder, EdgeSettings edge, MetricsAccess metrics) throws IOException {
        this.folder = folder;
        this.uploads = Files.createDirectories(folder.resolve("uploads"));
        Files.writeString(uploads.resolve("hello.txt"), "hello");
        Environment environment = new Environment(Map.of());
        SecureRandom random = new SecureRandom();
        Path state = Files.createDirectories(folder.resolve("state"));
        catalog = Catalog.open(new CatalogPlace.File(state.resolve("catalog.db")));
        InstalledConnectors connectors = new InstalledConnectors(folder, environment, clock);
        EngineRepositories repositories = new EngineRepositories(
                connectors, new EngineRepositories.Machine(folder, "test", "test", 2), clock, random);
        StackFileReader reader = new StackFileReader(environment);
        Seal seal = Seal.with(state.resolve("seal.key"), random);
        Path file = Files.writeString(folder.resolve("shop.yaml"), stackText("shop"));
        Stacks stacks = Stacks.of(catalog, seal, reader, folder, List.of(file), Optional.empty());
        if (!stacks.troubles().isEmpty()) {
            throw new IllegalStateException(stacks.troubles().toString());
        }
        new InitOperation(repositories).run(stacks.show("shop").config().repository());
        Snapshots snapshots = Snapshots.in(catalog, repositories, clock);
        Hooks hooks = new Hooks(new CommandHook(Map.of()), new CallHook(hookClient), clock);
        runs = RunService.open(
                new RunService.Parts(
                        catalog,
                        seal,
                        stacks,
                        snapshots,
                        connectors,
                        repositories,
                        environment,
                        hooks,
                        Preparation.NONE,
                        state,
                        "test",
                        ZoneOffset.UTC,
                        () -> RunLimits.USUAL,
                        false),
                RunService.Machine.of(clock, random));
        Channels channels = Channels.in(catalog, seal, reader, folder, ServerChannels.Said.NOTHING, clock);
        book = new Book(stacks, channels);
        Access access = Access.in(catalog, SessionLimits.DEFAULT, state, clock);
        services = new Services(
                runs.runs(),
                runs.events(),
                runs.logs(),
                stacks,
                snapshots,
                connectors,
                repositories,
                environment,
                text -> reader.parse(folder.resolve("stack.yaml"), "stack", text),
                Notifier.SILENT,
                new NotificationHistory(catalog, book, clock),
                channels,
                access,
                DownloadLinks.in(catalog, seal, access, clock, random),
                LiveSettings.in(catalog, environment, clock),
                codes,
                List::of,
                clock);
        Jwts jwts = new Jwts(access, JwtSettings.DEFAULT, JwtKeys.open(JwtSettings.DEFAULT, state, clock), clock);
        CrossSiteGuard guard = new CrossSiteGuard(Optional::empty);
        server = new HoldfastServer(
                services,
                runs.listeners(),
                new Authenticator(access, jwts, Optional.empty(), guard),
                new SignInWays(jwts, Optional.empty(), guard),
                new ServerSettings("test", "test", false, metrics, edge),
                Contract.load());
        runs.start();
        port = server.start(0, "127.0.0.1");
        client = new ApiClient((edge.tls().isPresent() ? "https" : "http") + "://127.0.0.1:" + port, server.contract());
    }

    /** Who is told what, as a server knows it. */
    private record Book(Stacks known, Channels channels) implements NotificationBook {
        @Override
        public Set<String> stacks() {
            return known.list().stream().map(StackRecord::name).collect(Collectors.toSet());
        }

        @Override
        public Optional<Notifications> ofStack(String stack) {
            return known.find(stack).map(record -> record.config().policies().notifications());
        }

        @Override
        public Notifications ofServer() {
            return channels.notifications();
        }
    }

    /** Recovery codes as a server keeps them, without the codes. */
    static final class Codes implements RecoveryCodes {
        final Map<String, Boolean> kept = new ConcurrentHashMap<>();

        @Override
        public Optional<Boolean> saved(String stack) {
            return Optional.ofNullable(kept.get(stack));
        }

        @Override
        public boolean acknowledge(String stack) {
            return kept.replace(stack, true) != null;
        }
    }

    String stackText(String name) {
        return """
                stack: %s
                sources:
                  uploads:
                    directory:
                      path: %s
                repository:
                  passphrase: four random words here
                  destinations:
                    first:
                      local:
                        path: %s
                    second:
                      local:
                        path: %s
                """.formatted(name, uploads, folder.resolve("first"), folder.resolve("second"));
    }

    StackRecord shop() {
        return services.stacks().show("shop");
    }

    /** A user with that role; on some stacks, or on all if none is named. */
    User user(String name, Role role, String... stacks) {
        Grant grant = stacks.length == 0 ? Grant.everywhere(role) : new Grant(role, StackScope.only(List.of(stacks)));
        return services.access().users().create(new NewUser(name, Optional.of(new Secret(PASSWORD)), grant));
    }

    /** An API token of a user. */
    String token(User user, Optional<Instant> expires) {
        OpenedSession session = services.access().sessions().open(user, Caller.LOCAL);
        Principal principal =
                services.access().sessions().principal(session.secret().text()).orElseThrow();
        return services.access()
                .tokens()
                .issue(principal, new NewToken(user.id(), "test", user.grant(), expires))
                .secret()
                .text();
    }

    String token(String name, Role role, String... stacks) {
        return token(user(name, role, stacks), Optional.empty());
    }

    @Override
    public void close() {
        server.close();
        runs.close();
        catalog.close();
        hookClient.close();
    }

    static Duration patience() {
        return Duration.ofMinutes(1);
    }
}
