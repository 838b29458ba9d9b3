package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Kind;
import dev.holdfast.connectors.postgres.Catalog.Sequence;
import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.connectors.postgres.LargeObjects.LargeObject;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One capture of a frozen database: pg_dump, large objects and the tables at the same time, each on connections of its own;
 * this thread adds the entries. The first failure ends everything.
 */
final class Capture {
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final FrozenDatabase frozen;
    private final PostgresLocation location;
    private final PartWriter part;
    private final Tool dump;
    private final int connections;
    private final Path scratch;
    private final RowCapture rows;
    private final Among among;
    private final BlockingQueue<Entry> blobs = new ArrayBlockingQueue<>(256);
    private volatile @Nullable SchemaDump schema;

    Capture(FrozenDatabase frozen, PartWriter part, Tool dump, int connections, Path scratch, Among among) {
        this.frozen = frozen;
        this.location = frozen.location();
        this.part = part;
        this.dump = dump;
        this.connections = connections;
        this.scratch = scratch;
        this.rows = new RowCapture(frozen, part, connections);
        this.among = among;
    }

    Map<String, String> run() {
        try {
            long largeObjects = readContents();
            SchemaDump made = schema;
            if (made == null) {
                throw new IllegalStateException("pg_dump ended without an archive");
            }
            try (made) {
                verifyComplete(made);
                return addTheRest(made, largeObjects);
            }
        } catch (HoldfastException e) {
            throw e;
        } catch (SQLException e) {
            throw SqlFailures.reading(e, "reading database '" + location.database() + "'", location);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(
                    ErrorCode.CANCELLED,
                    "the backup of database '" + location.database() + "' was stopped",
                    "nothing was kept.",
                    e);
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "the schema of database '" + location.database() + "' could not be kept in " + scratch + ": "
                            + e.getMessage(),
                    "see that the folder is writable and has room.",
                    e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads schema, large objects and tables; returns how many large objects were added. */
    private long readContents() throws Exception {
        boolean done = false;
        try (Workers workers = new Workers()) {
            workers.start("pg_dump", () -> schema = SchemaDump.of(frozen, dump, scratch));
            workers.start("large objects", () -> readLargeObjects(workers));
            rows.start(workers);
            long added = addBlobs(workers);
            workers.join(() -> {
                frozen.verifyHeld();
                // what takes long and tells nothing, such as pg_dump, goes on
                part.progress().advance(0, 0);
            });
            frozen.verifyHeld();
            done = true;
            return added;
        } finally {
            SchemaDump made = schema;
            if (!done && made != null) {
                made.close();
            }
        }
    }

    private long addBlobs(Workers workers) throws Exception {
        long added = 0;
        long beat = System.nanoTime();
        while (true) {
            boolean ended = workers.ended(Duration.ZERO) || workers.failed();
            Entry blob = blobs.poll(ended ? 0 : 50, TimeUnit.MILLISECONDS);
            if (blob != null) {
                add(blob);
                added++;
            } else if (ended) {
                return added;
            }
            if (System.nanoTime() - beat > HEARTBEAT_NANOS) {
                frozen.verifyHeld();
                beat = System.nanoTime();
            }
        }
    }

    private void readLargeObjects(Workers workers) throws Exception {
        try (Session session = frozen.join(PostgresSource.STALL)) {
            workers.whenFailed(session::abort);
            LargeObjects all = new LargeObjects(session);
            part.progress().expect(LargeObjects.count(session), 0);
            for (LargeObject next = all.next(); next != null; next = all.next()) {
                Content content = store(next.content(), -1);
                part.countRead(1, content.bytes());
                part.progress().advance(1, 0);
                blobs.put(new Entry(Keys.blob(next.oid()), EntryType.LARGE_OBJECT, Attributes.NONE, content));
            }
        } catch (SQLException e) {
            throw SqlFailures.reading(
                    e, "reading the large objects of database '" + location.database() + "'", location);
        }
    }

    /** Everything that was locked has its rows here and its definition in the schema. */
    private void verifyComplete(SchemaDump made) throws IOException {
        Set<List<String>> defined = new HashSet<>();
        ArchiveToc.read(made.file(), frozen.leader().encoding(), item -> {
            if (item.type().equals("TABLE")) {
                defined.add(List.of(item.schema(), item.name()));
            }
        });
        List<String> lacking = new ArrayList<>();
        for (Table table : frozen.tables()) {
            if (table.hasRows() && !rows.captured().containsKey(table)) {
                lacking.add(table.shown() + " (rows)");
            }
            if (table.kind() != Kind.EXTENSION && !defined.contains(List.of(table.schema(), table.name()))) {
                lacking.add(table.shown() + " (definition)");
            }
        }
        if (!lacking.isEmpty()) {
            throw new Failed(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "the capture of database '" + location.database() + "' lacks " + PostgresSource.some(lacking),
                    "run the backup again; report it if it stays.");
        }
    }

    private Map<String, String> addTheRest(SchemaDump made, long largeObjects) throws Exception {
        Session leader = frozen.leader();
        DatabaseProperties database = DatabaseProperties.of(frozen, dump.major());
        Roles roles = Roles.of(leader, among == Among.FIRST);
        ServerConfiguration server = ServerConfiguration.of(location);
        add(document(Keys.DATABASE, database));
        addIfPresent(Keys.HBA, server.hba());
        addIfPresent(Keys.IDENT, server.ident());
        add(document(Keys.ROLES, roles));
        try (InputStream archive = Files.newInputStream(made.file())) {
            add(new Entry(Keys.SCHEMA, EntryType.DOCUMENT, Attributes.NONE, store(archive, Files.size(made.file()))));
        }
        addIfPresent(Keys.SERVER_SETTINGS, server.settings());
        add(document(Keys.TABLESPACES, Tablespaces.of(leader)));
        addSorted(frozen.sequences().stream().map(Capture::entry).toList());
        addSorted(List.copyOf(rows.captured().values()));
        report(made, roles);
        Map<String, String> details = details(leader, database, largeObjects);
        details.putAll(server.notes());
        return details;
    }

    private void addIfPresent(EntryKey key, Optional<?> content) throws IOException {
        if (content.isPresent()) {
            add(document(key, content.get()));
        }
    }

    private static Entry entry(Sequence sequence) {
        return new Entry(
                Keys.sequence(sequence.shown()),
                EntryType.SEQUENCE,
                Attributes.builder()
                        .put(Keys.ATTRIBUTE_SCHEMA, sequence.schema())
                        .put(Keys.ATTRIBUTE_NAME, sequence.name())
                        .put(Keys.LAST_VALUE, sequence.lastValue())
                        .put(Keys.IS_CALLED, sequence.called() ? "true" : "false")
                        .build(),
                Content.EMPTY);
    }

    private Entry document(EntryKey key, Object content) throws IOException {
        byte[] bytes = Keys.JSON.writeValueAsBytes(content);
        return new Entry(
                key, EntryType.DOCUMENT, Attributes.NONE, store(new ByteArrayInputStream(bytes), bytes.length));
    }

    private Content store(InputStream bytes, long expected) throws IOException {
        try (ContentWriter writer = part.content(expected)) {
            byte[] buffer = new byte[64 * 1024];
            for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                writer.write(buffer, 0, n);
            }
            return writer.finish();
        }
    }

    private void addSorted(List<Entry> entries) {
        entries.stream().sorted(Comparator.comparing(Entry::key)).forEach(this::add);
    }

    private void add(Entry entry) {
        Change change = part.previous(entry.key())
                .map(before -> before.equals(entry) ? Change.UNCHANGED : Change.CHANGED)
                .orElse(Change.NEW);
        part.add(entry, change);
    }

    private void report(SchemaDump made, Roles roles) throws SQLException {
        String database = "database '" + location.database() + "'";
        if (frozen.tables().isEmpty() && among == Among.ALONE) {
            part.find(new Finding(database, "has no table at all; see that it is the right one"));
        }
        List<String> foreign =
                Catalog.foreignTables(frozen.leader(), frozen.scope().outRelations());
        if (!foreign.isEmpty()) {
            part.find(new Finding(
                    database,
                    "foreign tables are kept without their rows, which live on another server: "
                            + PostgresSource.some(foreign)));
        }
        List<String> absent =
                Catalog.absentOnStandby(frozen.leader(), frozen.scope().unread());
        if (!absent.isEmpty()) {
            part.find(new Finding(
                    database,
                    "is read on a standby, which has no contents of what is unlogged: " + PostgresSource.some(absent)));
        }
        List<String> kept =
                Catalog.keptByExtensions(frozen.leader(), frozen.scope().unread());
        if (!kept.isEmpty()) {
            part.find(new Finding(
                    database,
                    "extensions keep rows in tables of their own, which no dump has; back them up by other means if they"
                            + " are yours, or exclude the tables if not: " + PostgresSource.some(kept)));
        }
        List<String> locked = roles.roles().stream()
                .filter(role -> role.login() && !roles.passwordsReadable())
                .map(Roles.Role::name)
                .toList();
        if (!locked.isEmpty()) {
            part.find(new Finding(
                    database,
                    "the passwords of roles are not in the snapshot, because user '" + location.user()
                            + "' may not read pg_authid: " + PostgresSource.some(locked)));
        }
        if (frozen.leader().serverMajor() > Session.NEWEST_TESTED_MAJOR) {
            part.find(new Finding(
                    database,
                    "PostgreSQL " + frozen.leader().serverVersion() + " is newer than " + Session.NEWEST_TESTED_MAJOR
                            + ", the newest that was tested"));
        }
        for (String pattern : frozen.scope().unmatched()) {
            part.find(
                    new Finding(database, "has nothing that is called like " + pattern + "; look for a typing error"));
        }
        List<String> others = new ArrayList<>(frozen.collateral().others());
        others.addAll(made.leftOut());
        if (!others.isEmpty()) {
            part.find(new Finding(
                    database,
                    "what cannot be without that which the selection leaves out is left out too: "
                            + PostgresSource.some(others)));
        }
        for (String warning : made.warnings()) {
            part.find(new Finding(database, warning));
        }
    }

    private Map<String, String> details(Session leader, DatabaseProperties database, long largeObjects)
            throws SQLException {
        Map<String, String> details = new TreeMap<>();
        details.put("database", database.name());
        details.put("server-version", leader.serverVersion());
        details.put("pg-dump-version", dump.version());
        details.put("encoding", database.encoding());
        details.put("locale", database.provider() + " " + database.collate());
        details.put("snapshot-time", frozen.time());
        details.put("tables", Long.toString(rows.captured().size()));
        details.put(
                "rows",
                Long.toString(rows.captured().values().stream()
                        .mapToLong(entry -> entry.attributes().number(Keys.ROWS).orElse(0))
                        .sum()));
        details.put(
                "unlogged-tables",
                Long.toString(frozen.tables().stream()
                        .filter(table -> table.unlogged() && table.hasRows())
                        .count()));
        details.put("sequences", Integer.toString(frozen.sequences().size()));
        details.put("large-objects", Long.toString(largeObjects));
        details.put("connections", Integer.toString(connections));
        details.put(
                "extensions",
                String.join(
                        ", ",
                        database.extensions().entrySet().stream()
                                .map(extension -> extension.getKey() + " " + extension.getValue())
                                .toList()));
        LeftOut leftOut = database.leftOut();
        if (leftOut != null) {
            details.put("left-out", leftOut.summary());
        }
        if (leader.truth("SELECT pg_catalog.pg_is_in_recovery()")) {
            details.put("standby", "yes");
        }
        String position = leader.textOrNull("SELECT CASE WHEN pg_catalog.pg_is_in_recovery()"
                + " THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END");
        if (position != null) {
            details.put("log-position", position);
        }
        return details;
    }
}
