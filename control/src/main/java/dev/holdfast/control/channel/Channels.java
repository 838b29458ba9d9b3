package dev.holdfast.control.channel;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.ServerChannels;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.notify.Route;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.RowView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All channels of the server itself: those that its start names, and those in the catalog. Where two have one name, that of the
 * start goes first. Asked anew each time, so a change holds at once and at every server; one that cannot be read leaves the others
 * as they are. Safe for many threads.
 */
public final class Channels {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private final Jdbi jdbi;
    private final Seal seal;
    private final StackFileReader reader;
    private final Path folder;
    private final ServerChannels.Said start;
    private final InstantSource clock;
    private final Map<String, Known> opened = new ConcurrentHashMap<>();
    private volatile List<Known> last = List.of();

    private Channels(
            Jdbi jdbi, Seal seal, StackFileReader reader, Path folder, ServerChannels.Said start, InstantSource clock) {
        this.jdbi = jdbi;
        this.seal = seal;
        this.reader = reader;
        this.folder = folder;
        this.start = start;
        this.clock = clock;
    }

    /** A row of the catalog. */
    private record Row(String name, String content, long revision) {}

    /**
     * A row that was opened and read.
     *
     * @param text empty if it cannot be opened
     * @param said empty if it cannot be used
     */
    private record Known(
            Row row, Optional<ChannelText> text, Optional<Notifications> said, Optional<HoldfastException> trouble) {}

    /**
     * A channel that is stored and cannot be used.
     *
     * @param message why
     */
    public record Trouble(String channel, String message, String hint) {}

    /**
     * The channels of a server.
     *
     * @param reader says what a channel may be
     * @param folder where relative paths in channels of the catalog begin
     * @param start what the file and the variables of the server's start say
     */
    public static Channels in(
            Catalog catalog,
            Seal seal,
            StackFileReader reader,
            Path folder,
            ServerChannels.Said start,
            InstantSource clock) {
        return new Channels(catalog.jdbi(), seal, reader, folder, start, clock);
    }

    /** What holds for all stacks and for the server now; while the catalog is away, what held before. */
    public Notifications notifications() {
        Notifications given = start.notifications();
        List<NotifyConfig> channels = new ArrayList<>(given.channels());
        List<Route> routes = new ArrayList<>(given.routes());
        reachable().stream().flatMap(one -> one.said().stream()).forEach(said -> {
            channels.addAll(said.channels());
            routes.addAll(said.routes());
        });
        return new Notifications(channels, routes, given.reminder(), given.digest(), given.alarms());
    }

    /**
     * All of them, by name.
     *
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public List<ChannelRecord> list() {
        return Stream.concat(
                        start.notifications().channels().stream().map(this::given),
                        stored().stream().map(this::record))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /**
     * @throws Missing (UNKNOWN_NAME) if there is no such channel
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public ChannelRecord show(String name) {
        return list().stream()
                .filter(channel -> channel.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    /** Stored channels that cannot be used now, and why. */
    public List<Trouble> troubles() {
        return reachable().stream()
                .flatMap(one -> one.trouble().stream()
                        .map(e -> new Trouble(one.row().name(), String.valueOf(e.getMessage()), e.hint())))
                .toList();
    }

    /**
     * Makes a channel; it is told from now on.
     *
     * @param actor who does so
     * @throws dev.holdfast.engine.error.Invalid (CONFIGURATION_INVALID) if it cannot be one
     * @throws Missing (SECRET_MISSING) if a variable or file that it names is not there
     * @throws AlreadyExists (CONFLICT) if there is one of that name
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public ChannelRecord create(String name, ChannelText text, String actor) {
        read(name, text);
        boolean made = isFree(name)
                && asked(handle -> handle.execute(
                                "INSERT INTO notify_channel (name, content, revision, changed_at, changed_by)"
                                        + " VALUES (?, ?, 1, ?, ?) ON CONFLICT (name) DO NOTHING",
                                name,
                                seal.seal(text.written(), about(name)),
                                clock.millis(),
                                actor))
                        > 0;
        if (!made) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "there is a channel '" + name + "' already",
                    "choose another name, or change it.");
        }
        LOG.info("channel made name={} type={}", name, text.type());
        return show(name);
    }

    /**
     * Puts other settings in place of those of a stored channel. Secrets about which they say nothing stay as they were, as long as
     * they are sent to the same place.
     *
     * @param dropped names of secrets that are not wanted any more
     * @param revision of which revision the change was thought of
     * @param actor who does so
     * @throws dev.holdfast.engine.error.Invalid (CONFIGURATION_INVALID) if it cannot be, or a secret would go to another place
     * @throws Missing (UNKNOWN_NAME) if there is no such channel; (SECRET_MISSING) if a variable or file that it names is not there
     * @throws AlreadyExists (CONFLICT) if somebody else changed it meanwhile, or it comes from a file or the environment
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public ChannelRecord change(String name, ChannelText written, Set<String> dropped, long revision, String actor) {
        Row old = own(name);
        ChannelText text = written.over(ChannelText.read(seal.open(old.content(), about(name))), dropped);
        read(name, text);
        int changed = asked(handle -> handle.execute(
                "UPDATE notify_channel SET content = ?, revision = revision + 1, changed_at = ?, changed_by = ?"
                        + " WHERE name = ? AND revision = ?",
                seal.seal(text.written(), about(name)),
                clock.millis(),
                actor,
                name,
                revision));
        requireUnchanged(name, changed);
        LOG.info("channel changed name={} type={}", name, text.type());
        return show(name);
    }

    /**
     * Forgets a stored channel; what waits for it is not sent any more.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such channel
     * @throws AlreadyExists (CONFLICT) if it comes from a file or the environment, or was changed meanwhile
     * @throws Unavailable (CATALOG_UNAVAILABLE) if the catalog does not answer
     */
    public void remove(String name, long revision) {
        own(name);
        requireUnchanged(
                name,
                asked(handle ->
                        handle.execute("DELETE FROM notify_channel WHERE name = ? AND revision = ?", name, revision)));
        LOG.info("channel removed name={}", name);
    }

    private Row own(String name) {
        start.notifications().channel(name).map(this::origin).ifPresent(origin -> {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "channel '" + name + "' is described by "
                            + (origin == ChannelOrigin.FILE ? "a file" : "the environment")
                            + " and cannot be changed here",
                    "change it there.");
        });
        return rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private boolean isFree(String name) {
        return start.notifications().channel(name).isEmpty();
    }

    private static void requireUnchanged(String name, int rows) {
        if (rows == 0) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "channel '" + name + "' was changed by somebody else meanwhile",
                    "look at it again, and repeat your change.");
        }
    }

    private static Missing unknown(String name) {
        return new Missing(
                ErrorCode.UNKNOWN_NAME,
                "the server has no channel '" + name + "'",
                "list the channels to see their names.");
    }

    // ------------------------------------------------------------- what is shown

    private ChannelRecord given(NotifyConfig channel) {
        return new ChannelRecord(
                channel.name(),
                channel.type(),
                origin(channel),
                Optional.empty(),
                Map.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }

    private ChannelOrigin origin(NotifyConfig channel) {
        return start.fromVariables().contains(channel.name()) ? ChannelOrigin.ENVIRONMENT : ChannelOrigin.FILE;
    }

    private ChannelRecord record(Known one) {
        return new ChannelRecord(
                one.row().name(),
                one.text().map(ChannelText::type).orElse(""),
                ChannelOrigin.STORED,
                Optional.of(one.row().revision()),
                one.text().map(ChannelText::shown).orElse(Map.of()),
                one.text().map(ChannelText::secrets).orElse(List.of()),
                one.text().map(ChannelText::events).orElse(List.of()),
                one.trouble().map(e -> String.valueOf(e.getMessage())));
    }

    // ------------------------------------------------------------- what is stored

    private List<Known> reachable() {
        try {
            return stored();
        } catch (Unavailable e) {
            return last;
        }
    }

    /** Only what has changed, or could not be used before, is opened and read. */
    private List<Known> stored() {
        Map<String, Known> now = new TreeMap<>();
        rows().stream().filter(row -> isFree(row.name())).forEach(row -> {
            Known known = opened.get(row.name());
            now.put(
                    row.name(),
                    known != null && known.row().equals(row) && known.trouble().isEmpty() ? known : open(row, known));
        });
        opened.keySet().retainAll(now.keySet());
        opened.putAll(now);
        last = List.copyOf(now.values());
        return last;
    }

    private Known open(Row row, @Nullable Known before) {
        Optional<ChannelText> text = Optional.empty();
        try {
            text = Optional.of(ChannelText.read(seal.open(row.content(), about(row.name()))));
            return new Known(row, text, Optional.of(read(row.name(), text.get())), Optional.empty());
        } catch (HoldfastException e) {
            if (before == null || before.trouble().isEmpty()) {
                LOG.error("channel={} cannot be used: {}", row.name(), e.getMessage());
            }
            return new Known(row, text, Optional.empty(), Optional.of(e));
        }
    }

    private Notifications read(String name, ChannelText text) {
        return reader.notifications(folder, text.document(name));
    }

    private List<Row> rows() {
        return asked(handle -> handle.createQuery("SELECT name, content, revision FROM notify_channel ORDER BY name")
                .map((RowView row) -> new Row(
                        row.getColumn("name", String.class),
                        row.getColumn("content", String.class),
                        row.getColumn("revision", Long.class)))
                .list());
    }

    private static String about(String name) {
        return "channel '" + name + "'";
    }

    private <T> T asked(Function<Handle, T> question) {
        try {
            return jdbi.withHandle(question::apply);
        } catch (JdbiException e) {
            throw new Unavailable(
                    ErrorCode.CATALOG_UNAVAILABLE,
                    "the catalog does not answer",
                    "look whether its database is there.",
                    e);
        }
    }
}
