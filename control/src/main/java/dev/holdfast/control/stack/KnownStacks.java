package dev.holdfast.control.stack;

import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stacks from files, from the environment and from the catalog. Where two have one name, that of a file goes first, then that of
 * the environment. A description that cannot be read any more leaves the stack as it was known last.
 */
final class KnownStacks implements Stacks {
    private static final Logger LOG = LoggerFactory.getLogger(KnownStacks.class);

    private final Jdbi jdbi;
    private final Seal seal;
    private final StackFileReader reader;
    private final Path folder;
    private final List<Path> files;
    private final Optional<StackConfig> environment;
    private final Map<Path, StackRecord> fromFiles = new ConcurrentHashMap<>();
    private final Map<String, StackRecord> fromCatalog = new ConcurrentHashMap<>();
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

    /**
     * @param folder where relative paths in stacks of the catalog begin
     */
    KnownStacks(
            Jdbi jdbi,
            Seal seal,
            StackFileReader reader,
            Path folder,
            List<Path> files,
            Optional<StackConfig> environment) {
        this.jdbi = jdbi;
        this.seal = seal;
        this.reader = reader;
        this.folder = folder;
        this.files = List.copyOf(files);
        this.environment = environment;
    }

    /** A stack as the catalog keeps it. */
    private record Row(String name, String content, long revision) {}

    @Override
    public List<StackRecord> list() {
        return List.copyOf(all().values());
    }

    @Override
    public Optional<StackRecord> find(String name) {
        return Optional.ofNullable(all().get(name));
    }

    @Override
    public StackRecord show(String name) {
        return find(name).orElseThrow(() -> unknown(name));
    }

    private static Missing unknown(String name) {
        return new Missing(
                ErrorCode.UNKNOWN_NAME, "there is no stack '" + name + "'", "list the stacks to see their names.");
    }

    private Map<String, StackRecord> all() {
        Map<String, StackRecord> all = new TreeMap<>(ofCatalog());
        environment.ifPresent(
                stack -> all.put(stack.name(), new StackRecord(stack.name(), stack, StackOrigin.ENVIRONMENT, 1)));
        fromFiles.values().forEach(stack -> all.put(stack.name(), stack));
        return all;
    }

    /** Only what has changed is opened and read. */
    private Map<String, StackRecord> ofCatalog() {
        Map<String, Long> revisions = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("SELECT name, revision FROM stack")
                .map((row, _) -> Map.entry(row.getString("name"), row.getLong("revision")))
                .forEach(row -> revisions.put(row.getKey(), row.getValue())));
        fromCatalog.keySet().retainAll(revisions.keySet());
        revisions.forEach((name, revision) -> {
            StackRecord known = fromCatalog.get(name);
            if (known == null || known.revision() != revision) {
                row(name).ifPresent(this::load);
            }
        });
        return fromCatalog;
    }

    private void load(Row row) {
        try {
            StackConfig config = parse(row.name(), open(row));
            fromCatalog.put(row.name(), new StackRecord(row.name(), config, StackOrigin.DASHBOARD, row.revision()));
            troubles.remove(row.name());
        } catch (HoldfastException e) {
            trouble(row.name(), e);
        }
    }

    private Secret open(Row row) {
        return seal.open(row.content(), about(row.name()));
    }

    private static String about(String name) {
        return "stack '" + name + "'";
    }

    private StackConfig parse(String shown, Secret text) {
        return reader.parse(folder.resolve("stack.yaml"), shown, text.text());
    }

    private void trouble(String stack, HoldfastException e) {
        Trouble trouble = new Trouble(stack, String.valueOf(e.getMessage()), e.hint());
        if (!trouble.equals(troubles.put(stack, trouble))) {
            LOG.error("stack={} cannot be read: {}", stack, e.getMessage());
        }
    }

    private Optional<Row> row(String name) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT name, content, revision FROM stack WHERE name = :name")
                .bind("name", name)
                .map((row, _) -> new Row(row.getString("name"), row.getString("content"), row.getLong("revision")))
                .findOne());
    }

    @Override
    public List<Trouble> troubles() {
        return new ArrayList<>(new TreeMap<>(troubles).values());
    }

    @Override
    public void reload() {
        files.forEach(this::reload);
    }

    private void reload(Path file) {
        try {
            StackConfig config = reader.read(file);
            requireAlone(file, config.name());
            StackRecord known = fromFiles.get(file);
            if (known == null || !known.config().equals(config)) {
                long revision = known == null ? 1 : known.revision() + 1;
                fromFiles.put(file, new StackRecord(config.name(), config, StackOrigin.FILE, revision));
                LOG.info("stack={} is described by {} revision={}", config.name(), file, revision);
            }
            troubles.remove(file.toString());
        } catch (HoldfastException e) {
            trouble(file.toString(), e);
        }
    }

    /** Two under one name: only one of them would be backed up, and nobody would know which. */
    private void requireAlone(Path file, String stack) {
        for (Map.Entry<Path, StackRecord> other : fromFiles.entrySet()) {
            if (!other.getKey().equals(file) && other.getValue().name().equals(stack)) {
                throw new AlreadyExists(
                        ErrorCode.CONFLICT,
                        "'" + file + "' describes stack '" + stack + "', which '" + other.getKey() + "' does already",
                        "give one of them another name, or name only one of the files.");
            }
        }
    }

    @Override
    public StackRecord create(String text) {
        Secret content = new Secret(text);
        StackConfig config = parse("stack", content);
        String name = config.name();
        boolean made = find(name).isEmpty()
                && jdbi.withHandle(handle -> handle.execute(
                                "INSERT INTO stack (name, content, revision) VALUES (?, ?, 1) ON CONFLICT (name) DO NOTHING",
                                name,
                                seal.seal(content, about(name))))
                        > 0;
        if (!made) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "there is a stack '" + name + "' already",
                    "choose another name, or change it.");
        }
        return show(name);
    }

    @Override
    public StackRecord change(String name, String text, long revision) {
        Row old = own(name);
        Secret content = Masks.restored(new Secret(text), open(old));
        StackConfig config = parse(name, content);
        if (!config.name().equals(name)) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "the text names stack '" + config.name() + "', not '" + name + "'",
                    "a stack keeps its name, because its snapshots have it; make another stack instead.");
        }
        int changed = jdbi.withHandle(handle -> handle.execute(
                "UPDATE stack SET content = ?, revision = revision + 1 WHERE name = ? AND revision = ?",
                seal.seal(content, about(name)),
                name,
                revision));
        requireUnchanged(name, changed);
        return show(name);
    }

    @Override
    public void remove(String name, long revision) {
        own(name);
        int removed = jdbi.inTransaction(handle -> {
            int rows = handle.execute("DELETE FROM stack WHERE name = ? AND revision = ?", name, revision);
            if (rows > 0) {
                handle.execute("DELETE FROM run_due WHERE stack = ?", name);
            }
            return rows;
        });
        requireUnchanged(name, removed);
        LOG.info("stack={} is not known any more; its backups stay where they are", name);
    }

    private Row own(String name) {
        StackOrigin origin = find(name).map(StackRecord::origin).orElse(StackOrigin.DASHBOARD);
        if (origin != StackOrigin.DASHBOARD) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "stack '" + name + "' is described by "
                            + (origin == StackOrigin.FILE ? "a file" : "the environment")
                            + " and cannot be changed here",
                    "change it there.");
        }
        return row(name).orElseThrow(() -> unknown(name));
    }

    private static void requireUnchanged(String name, int rows) {
        if (rows == 0) {
            throw new AlreadyExists(
                    ErrorCode.CONFLICT,
                    "stack '" + name + "' was changed by somebody else meanwhile",
                    "look at it again, and repeat your change.");
        }
    }

    @Override
    public Optional<String> text(String name) {
        return show(name).origin() == StackOrigin.DASHBOARD
                ? row(name).map(row -> Masks.masked(open(row)))
                : Optional.empty();
    }
}
