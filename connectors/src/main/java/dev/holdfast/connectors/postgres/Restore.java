package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One restore: roles, an empty database beside, definitions, contents, what must come after them, properties, and at the very
 * end the final name.
 */
final class Restore {
    private static final int BLOB_PIECE_BYTES = 256 * 1024;
    private static final long BLOB_BATCH_BYTES = 16L * 1024 * 1024;

    private final PostgresLocation location;
    private final PartReader part;
    private final Progress progress;
    private final int connections;
    private final Path scratch;
    private final ClientTools tools;
    private final boolean overwrite;
    private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong restoredBytes = new AtomicLong();
    private final AtomicLong restoredBlobs = new AtomicLong();
    private final List<StoredTable> tables = new ArrayList<>();
    private final List<Entry> sequences = new ArrayList<>();
    private int documents;
    private @Nullable String leftBehind;

    Restore(
            PostgresLocation location,
            PartReader part,
            Progress progress,
            int connections,
            Path scratch,
            ClientTools tools,
            boolean overwrite) {
        this.location = location;
        this.part = part;
        this.progress = progress;
        this.connections = connections;
        this.scratch = scratch;
        this.tools = tools;
        this.overwrite = overwrite;
    }

    RestoreReport run() {
        try {
            return restore();
        } catch (Exception e) {
            HoldfastException failure = failure(e);
            if (leftBehind == null) {
                throw failure;
            }
            throw new Failed(
                    failure.code(),
                    failure.getMessage() + "; the unfinished database '" + leftBehind + "' could not be removed",
                    "drop it when the server is there: DROP DATABASE " + Sql.name(leftBehind) + ".",
                    failure);
        }
    }

    private HoldfastException failure(Exception e) {
        String restoring = "restoring database '" + location.database() + "'";
        return switch (e) {
            case HoldfastException known -> known;
            case SQLException sql -> SqlFailures.restoring(sql, restoring, location);
            case InterruptedException interrupted -> {
                Thread.currentThread().interrupt();
                yield new Cancelled(
                        ErrorCode.CANCELLED, restoring + " was stopped", "what was there before is untouched.", e);
            }
            case IOException io ->
                new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        restoring + " failed: " + io.getMessage() + " (scratch folder " + scratch + ")",
                        "see that the folder is writable and has room.",
                        e);
            case RuntimeException defect -> throw defect;
            default -> throw new IllegalStateException(e);
        };
    }

    private RestoreReport restore() throws Exception {
        DatabaseProperties properties = Keys.read(part, Keys.DATABASE, DatabaseProperties.class);
        Roles roles = Keys.read(part, Keys.ROLES, Roles.class);
        readEntries();
        Path archive = unpackSchema();
        try (Session admin = NewDatabase.administer(location)) {
            checkName(admin);
            NewDatabase database = new NewDatabase(location, properties, findings::add);
            RoleRestore roleRestore = new RoleRestore(admin, findings::add);
            boolean done = false;
            try {
                Needs needs = Needs.of(archive, properties);
                roleRestore.restore(roles, needs.owners());
                database.create(admin);
                build(admin, database, properties, roleRestore, needs, archive);
                database.swapIn(admin);
                done = true;
            } finally {
                if (!done) {
                    undo(database, roleRestore);
                }
            }
            reportLeftOver(admin);
            return new RestoreReport(
                    tables.size() + sequences.size() + restoredBlobs.get() + documents, restoredBytes.get(), findings);
        } finally {
            Files.deleteIfExists(archive);
        }
    }

    private void reportLeftOver(Session admin) throws SQLException {
        for (String left : NewDatabase.leftOver(admin, location.database())) {
            find("database '" + left + "'", "was left by a restore that could not end; drop it when it is not needed");
        }
    }

    /** A table's entry, understood. */
    private record StoredTable(
            Entry entry, String quoted, String shown, List<String> columns, long rows, String hash, long order) {
        static StoredTable of(Entry entry) {
            Keys.TableName own = Keys.tableName(entry);
            Keys.TableName loaded = Keys.root(entry).orElse(own);
            return new StoredTable(
                    entry,
                    loaded.quoted(),
                    own.shown(),
                    Keys.columns(entry),
                    Long.parseLong(Keys.need(entry, Keys.ROWS)),
                    Keys.need(entry, Keys.HASH),
                    entry.attributes().number(Keys.ORDER).orElse(0));
        }
    }

    /** What the schema asks of the server. */
    private record Needs(Set<String> owners, Set<String> tablespaces) {
        static Needs of(Path archive, DatabaseProperties properties) throws IOException {
            Set<String> owners = new TreeSet<>();
            Set<String> tablespaces = new TreeSet<>();
            owners.add(properties.owner());
            ArchiveToc.read(archive, properties.encoding(), item -> {
                if (!item.type().startsWith("DATABASE")) {
                    owners.add(item.owner());
                    tablespaces.add(item.tablespace());
                }
            });
            owners.remove("");
            tablespaces.remove("");
            return new Needs(owners, tablespaces);
        }
    }

    private void readEntries() {
        EntryCursor cursor = part.entriesFrom(Keys.DOCUMENTS);
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            switch (entry.type()) {
                case TABLE -> tables.add(StoredTable.of(entry));
                case SEQUENCE -> sequences.add(entry);
                case DOCUMENT -> {
                    if (!Keys.KNOWN_DOCUMENTS.contains(entry.key())) {
                        throw unknown(entry);
                    }
                    documents++;
                }
                default -> throw unknown(entry);
            }
        }
        long blobs = part.entryCount() - tables.size() - sequences.size() - documents;
        progress.expect(tables.size() + sequences.size() + blobs, part.contentBytes());
    }

    private static Unsupported unknown(Entry entry) {
        return new Unsupported(
                ErrorCode.DATABASE_RESTORE_FAILED,
                "entry " + entry.key() + " of type " + entry.type() + " is not known to this version",
                "restore with the version of Holdfast that made the snapshot, or a later one.");
    }

    private Path unpackSchema() throws IOException {
        Files.createDirectories(scratch);
        Path archive = Files.createTempFile(scratch, "schema-", ".dump");
        try (InputStream content = part.open(Keys.document(part, Keys.SCHEMA).content())) {
            Files.copy(content, archive, StandardCopyOption.REPLACE_EXISTING);
        }
        return archive;
    }

    private void checkName(Session admin) throws SQLException {
        if (!overwrite && NewDatabase.exists(admin, location.database())) {
            throw new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    "database '" + location.database() + "' exists already on server " + location.server(),
                    "restore under another name, or allow it to be replaced with --overwrite.");
        }
    }

    private void build(
            Session admin,
            NewDatabase database,
            DatabaseProperties properties,
            RoleRestore roleRestore,
            Needs needs,
            Path archive)
            throws Exception {
        database.applyEarlySettings(admin);
        List<String> omissions = omissions(admin, roleRestore, needs);
        SchemaRestore schema = new SchemaRestore(
                tools.restore(admin.serverMajor(), properties.dumpMajor()),
                admin.serverMajor(),
                archive,
                database.location(),
                omissions,
                findings::add,
                () -> verifyAnswering(admin));
        try (Session session = Session.open(database.location())) {
            // opened before event triggers exist, used after
            removeDefaults(session, properties);
            schema.run("pre-data", 1);
            fill(admin, database, properties);
            setSequences(session);
            schema.run("post-data", connections);
            analyze(session);
        }
        database.applyProperties(admin, !omissions.contains("--no-owner"));
    }

    /** What a new database has and the captured one had not. */
    private static void removeDefaults(Session session, DatabaseProperties properties) throws SQLException {
        if (!properties.schemas().contains("public")) {
            session.run("DROP SCHEMA IF EXISTS public");
        }
        if (!properties.extensions().containsKey("plpgsql")) {
            session.run("DROP EXTENSION IF EXISTS plpgsql");
        }
    }

    private List<String> omissions(Session admin, RoleRestore roleRestore, Needs needs) throws SQLException {
        List<String> omissions = new ArrayList<>();
        Set<String> missing = new TreeSet<>(roleRestore.missing());
        missing.retainAll(needs.owners());
        List<String> notOurs = admin.list(
                "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = ANY (?)"
                        + " AND NOT pg_catalog.pg_has_role(oid, ?) ORDER BY 1",
                row -> row.getString(1),
                needs.owners().toArray(String[]::new),
                // since 16 a member may be one that may not act as the role
                admin.serverMajor() >= 16 ? "SET" : "MEMBER");
        if (!missing.isEmpty() || !notOurs.isEmpty()) {
            omissions.add("--no-owner");
            missing.addAll(notOurs);
            find(
                    "everything",
                    "belongs to '" + location.user() + "', because these owners do not exist or are not "
                            + "within reach: " + PostgresSource.some(List.copyOf(missing)));
        }
        if (!roleRestore.missing().isEmpty()) {
            omissions.add("--no-privileges");
            find(
                    "everything",
                    "is without granted rights, because roles they mention do not exist: "
                            + PostgresSource.some(
                                    roleRestore.missing().stream().sorted().toList()));
        }
        Set<String> lacking = new HashSet<>(needs.tablespaces());
        admin.list("SELECT spcname::text FROM pg_catalog.pg_tablespace", row -> row.getString(1))
                .forEach(lacking::remove);
        if (!lacking.isEmpty()) {
            omissions.add("--no-tablespaces");
            find(
                    "everything",
                    "is in the default tablespace, because these do not exist: "
                            + PostgresSource.some(lacking.stream().sorted().toList())
                            + (part.find(Keys.TABLESPACES).isEmpty()
                                    ? ""
                                    : "; make them before a restore: "
                                            + String.join(
                                                    "; ",
                                                    Keys.read(part, Keys.TABLESPACES, Tablespaces.class)
                                                            .commands(lacking))));
        }
        return omissions;
    }

    private void fill(Session admin, NewDatabase database, DatabaseProperties properties) throws Exception {
        try (Session session = openForFilling(database)) {
            // tables of extensions have their foreign keys already
            for (StoredTable table : tables.stream()
                    .filter(t -> t.order() > 0)
                    .sorted(Comparator.comparingLong(StoredTable::order))
                    .toList()) {
                fillTable(session, table, properties.encoding());
            }
        }
        Queue<StoredTable> queue = new ConcurrentLinkedQueue<>(tables.stream()
                .filter(t -> t.order() == 0)
                .sorted(Comparator.comparingLong(
                                (StoredTable t) -> t.entry().content().bytes())
                        .reversed())
                .toList());
        try (Workers workers = new Workers()) {
            workers.start("large objects", () -> fillLargeObjects(workers, database));
            for (int i = 0; i < Math.min(connections, queue.size()); i++) {
                workers.start("copy " + i, () -> {
                    try (Session session = openForFilling(database)) {
                        workers.whenFailed(session::abort);
                        for (StoredTable t = queue.poll(); t != null && !workers.failed(); t = queue.poll()) {
                            fillTable(session, t, properties.encoding());
                        }
                    }
                });
            }
            workers.join(() -> verifyAnswering(admin));
        }
    }

    private void verifyAnswering(Session admin) {
        try {
            admin.ping();
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "restoring database '" + location.database() + "'", location);
        }
    }

    private static Session openForFilling(NewDatabase database) throws SQLException {
        Session session = Session.open(database.location());
        try {
            // the rename at the end is committed synchronously, and with it everything before
            session.run("SET synchronous_commit TO off");
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    private void fillTable(Session session, StoredTable table, String encoding) throws IOException {
        RowDigest digest = new RowDigest();
        String doing = "filling table " + table.shown();
        try (InputStream rows = part.open(table.entry().content())) {
            long taken = TableRows.write(
                    session, TableRows.copyIn(table.quoted(), table.columns(), encoding), rows, (bytes, length) -> {
                        digest.text(bytes, 0, length);
                        restoredBytes.addAndGet(length);
                        progress.advance(0, length);
                    });
            if (digest.rows() != table.rows() || !digest.hash().equals(table.hash()) || digest.isWithinRow()) {
                throw new Damaged(
                        ErrorCode.DAMAGED,
                        "the rows of table " + table.shown() + " are not those that were captured: expected "
                                + table.rows() + " with hash " + table.hash() + ", found " + digest.rows()
                                + " with hash "
                                + digest.hash(),
                        "run 'holdfast check --read-data'.");
            }
            if (taken != table.rows()) {
                throw new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        doing + " is not complete: the server took " + taken + " rows of " + table.rows(),
                        "report this; what was there before is untouched.");
            }
            progress.advance(1, 0);
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, doing, location);
        }
    }

    private void fillLargeObjects(Workers workers, NewDatabase database) throws Exception {
        EntryCursor cursor = part.entriesFrom(Keys.BLOBS);
        Entry entry = cursor.next();
        if (entry == null || entry.type() != EntryType.LARGE_OBJECT) {
            return;
        }
        try (Session session = openForFilling(database)) {
            workers.whenFailed(session::abort);
            session.run("BEGIN");
            long batch = 0;
            for (; entry != null && entry.type() == EntryType.LARGE_OBJECT; entry = cursor.next()) {
                batch += 1024 + fillLargeObject(session, entry);
                if (batch > BLOB_BATCH_BYTES) {
                    session.run("COMMIT");
                    session.run("BEGIN");
                    batch = 0;
                }
            }
            session.run("COMMIT");
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "filling large objects", location);
        }
    }

    private long fillLargeObject(Session session, Entry entry) throws SQLException, IOException {
        long oid = Keys.oid(entry.key());
        long offset = 0;
        try (InputStream content = part.open(entry.content())) {
            for (byte[] piece = content.readNBytes(BLOB_PIECE_BYTES);
                    piece.length > 0;
                    piece = content.readNBytes(BLOB_PIECE_BYTES)) {
                session.eachBinary("SELECT pg_catalog.lo_put(?::int8::oid, ?, ?)", row -> oid, oid, offset, piece);
                offset += piece.length;
                restoredBytes.addAndGet(piece.length);
                progress.advance(0, piece.length);
            }
        }
        restoredBlobs.incrementAndGet();
        progress.advance(1, 0);
        return offset;
    }

    private void setSequences(Session session) throws SQLException {
        for (Entry entry : sequences) {
            session.text(
                    "SELECT pg_catalog.setval(?::pg_catalog.regclass, ?, ?)",
                    Keys.tableName(entry).quoted(),
                    Long.parseLong(Keys.need(entry, Keys.LAST_VALUE)),
                    Keys.need(entry, Keys.IS_CALLED).equals("true"));
            progress.advance(1, 0);
        }
    }

    private void analyze(Session session) throws SQLException {
        try {
            for (String statement : Catalog.analyze(session)) {
                session.run(statement);
            }
        } catch (SQLException e) {
            if (SqlFailures.isLost(e)) {
                throw e;
            }
            find(
                    "database '" + location.database() + "'",
                    "has no statistics yet, run ANALYZE: " + SqlFailures.said(e));
        }
    }

    private void find(String subject, String what) {
        findings.add(new Finding(subject, what));
    }

    /** Leaves nothing behind, if the server lets us. */
    private void undo(NewDatabase database, RoleRestore roleRestore) {
        boolean interrupted = Thread.interrupted();
        try (Session session = NewDatabase.administer(location)) {
            database.drop(session);
            roleRestore.undo(session);
        } catch (SQLException | HoldfastException e) {
            leftBehind = database.name();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
