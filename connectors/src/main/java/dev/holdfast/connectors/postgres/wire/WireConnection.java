package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.Dial.Protection;
import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a PostgreSQL server. For one thread, which does one thing at a time; {@link #abort}, {@link #cancel},
 * {@link #isOpen} and {@link #processId} for all.
 *
 * <p>After a {@link ServerError} the connection can go on, unless {@link ServerError#isFatal}; after anything else that is thrown
 * while the server is spoken to, it is closed. An interrupt of the thread closes it too.
 */
public final class WireConnection implements AutoCloseable {
    private static final int CANCEL_REQUEST = 1234 << 16 | 5678;

    /** The server lets this user in, if at all, another way. */
    private static final String NOT_THIS_WAY = "28000";

    private final WireSettings settings;
    private final SocketAddress address;
    private final boolean encrypted;
    private final Line line;
    private final Layer layer;
    private final Messages messages;
    private final Map<String, String> parameters;
    private final int processId;
    private final byte[] cancelKey;
    private char transaction = 'I';
    private boolean busy;

    /** Of the exchange under way: whether the server is ready for the next one, and what it has said so far. */
    private boolean ready = true;

    private boolean completed;
    private @Nullable ServerError refusal;
    private @Nullable Long copyRows;

    /** Made once: memory outside the heap is given back late. */
    private @Nullable ByteBuffer copyMessage;

    private WireConnection(WireSettings settings, Dial.Way way, Messages messages, Startup.Welcome welcome) {
        this.settings = settings;
        this.address = way.address();
        this.encrypted = way.encrypted();
        this.line = way.line();
        this.layer = way.layer();
        this.messages = messages;
        this.parameters = new TreeMap<>(welcome.parameters());
        this.processId = welcome.processId();
        this.cancelKey = welcome.cancelKey();
    }

    /**
     * Connects, tries the addresses of the host one after the other.
     *
     * @throws ServerError if the server does not let us in
     * @throws WireException if there is no server, or none that is trusted
     */
    public static WireConnection open(WireSettings settings) throws ServerError, WireException {
        WireException unreachable = null;
        for (SocketAddress address : Dial.addresses(settings)) {
            try {
                return open(address, settings);
            } catch (WireException e) {
                if (e.reason() != Reason.UNREACHABLE) {
                    throw e;
                }
                if (unreachable != null) {
                    e.addSuppressed(unreachable);
                }
                unreachable = e;
            }
        }
        throw unreachable != null
                ? unreachable
                : new WireException(Reason.UNREACHABLE, "host '" + settings.host() + "' has no address");
    }

    /** Two ways at most. A file of ours that is of no use is no reason to do without TLS. */
    private static WireConnection open(SocketAddress address, WireSettings settings) throws ServerError, WireException {
        Protection first = Dial.first(settings);
        boolean encrypted = false;
        try {
            Dial.Way way = Dial.open(address, settings, first);
            encrypted = way.encrypted();
            return enter(way, settings);
        } catch (ServerError e) {
            Protection second = second(settings, first, encrypted);
            if (second == null || !e.sqlState().equals(NOT_THIS_WAY)) {
                throw e;
            }
            return again(address, settings, second, e);
        } catch (WireException e) {
            if (first != Protection.IF_OFFERED || e.reason() != Reason.TLS) {
                throw e;
            }
            return again(address, settings, Protection.NONE, e);
        }
    }

    /** What libpq tries when the first attempt was turned down; null for nothing. */
    private static @Nullable Protection second(WireSettings settings, Protection first, boolean encrypted) {
        if (first == Protection.IF_OFFERED && encrypted) {
            return Protection.NONE;
        }
        return first == Protection.NONE && settings.tls() == TlsMode.ALLOW && settings.socketFolder() == null
                ? Protection.ALWAYS
                : null;
    }

    /** Tries the other way; if that fails too, the first failure is the one to know. */
    private static <E extends Exception> WireConnection again(
            SocketAddress address, WireSettings settings, Protection protection, E failure) throws E {
        try {
            return enter(Dial.open(address, settings, protection), settings);
        } catch (ServerError | WireException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    private static WireConnection enter(Dial.Way way, WireSettings settings) throws ServerError, WireException {
        boolean in = false;
        try {
            Messages messages = new Messages(way.line(), way.layer());
            Startup.Welcome welcome = new Startup(messages, settings, way.encrypted(), way.endPoint()).run();
            way.line().connected();
            in = true;
            return new WireConnection(settings, way, messages, welcome);
        } finally {
            if (!in) {
                way.line().abort();
            }
        }
    }

    /**
     * Runs one or more statements that are no COPY. All rows are held in memory.
     *
     * @return the rows of all statements, one after the other, values as text, null for null
     * @throws ServerError if one fails; those after it did not run
     * @throws WireException if the connection fails, or one is a COPY from or to the client
     */
    public List<List<@Nullable String>> query(String sql) throws ServerError, WireException {
        return exchange(sql, () -> {
            List<List<@Nullable String>> rows = new ArrayList<>();
            int columns = -1;
            while (true) {
                switch (messages.next()) {
                    case 'T' -> columns = description();
                    case 'D' -> rows.add(row(columns));
                    case 'G', 'H', 'W' -> throw WireException.protocol("a COPY is no query");
                    default -> {
                        if (isOver()) {
                            conclude();
                            return rows;
                        }
                    }
                }
            }
        });
    }

    /**
     * Runs a COPY TO STDOUT. In text and CSV format every row ends with a line feed, or the connection fails.
     *
     * @param sink gets the rows, on this thread; if it throws, the connection is closed
     * @return how many rows the server says it sent
     * @throws WireException if the connection fails, or the statement is something else
     */
    public long copyOut(String sql, RowSink sink) throws ServerError, WireException {
        return exchange(sql, () -> {
            boolean lines = awaitCopy('H');
            do {
                messages.rows(sink, lines);
            } while (messages.next() != 'c' && !isOver());
            if (messages.type() != 'c') {
                conclude();
                throw messages.unexpected();
            }
            messages.end();
            copyRows = null; // what was said before the end does not count
            return copied();
        });
    }

    /**
     * Begins a COPY FROM STDIN. Until it is over the connection does nothing else.
     *
     * @throws WireException if the connection fails, or the statement is something else
     */
    public CopyIn copyIn(String sql) throws ServerError, WireException {
        ByteBuffer statement = statement(sql);
        claim();
        boolean begun = false;
        try {
            begin(statement);
            awaitCopy('G');
            begun = true;
            return new CopyIn(this, copyMessage());
        } catch (WireException e) {
            throw lastWords(e);
        } finally {
            if (!begun) {
                done();
            }
        }
    }

    /** Takes a whole message; while it is on its way, listens. */
    void sendCopyData(ByteBuffer message) throws ServerError, WireException {
        boolean sent = false;
        try {
            listen();
            if (refusal == null) {
                messages.send(message, this::listen);
            }
            if (refusal != null) {
                awaitReady();
                conclude();
            }
            if (ready) {
                throw WireException.protocol("the server ended the copy before the data ended");
            }
            sent = true;
        } catch (WireException e) {
            throw lastWords(e);
        } finally {
            if (!sent) {
                done();
            }
        }
    }

    long finishCopy() throws ServerError, WireException {
        try {
            listen();
            copyRows = null; // what was said before the end does not count
            if (refusal == null) {
                messages.send(Outgoing.message('c').done(), this::listen);
            }
            return copied();
        } catch (WireException e) {
            throw lastWords(e);
        } finally {
            done();
        }
    }

    void failCopy(String reason) throws WireException {
        try {
            messages.send(Outgoing.message('f').text(reason.replace('\0', ' ')).done(), this::listen);
            awaitReady();
            if (refusal == null) {
                ready = false;
                throw WireException.protocol("the server kept data that it was told to forget");
            }
        } finally {
            done();
        }
    }

    /** What the server says about itself, for example {@code server_version} or {@code client_encoding}; null if nothing. */
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }

    /** The server's process that serves this connection; 0 if it did not say. */
    public int processId() {
        return processId;
    }

    /** Whether statements go into a transaction that was begun and not ended. */
    public boolean isInTransaction() {
        return transaction != 'I';
    }

    /** Whether everything goes through TLS. */
    public boolean isEncrypted() {
        return encrypted;
    }

    public boolean isOpen() {
        return !line.isAborted();
    }

    /**
     * @param stall how long the server may neither send nor take anything while it is waited for; zero for as long as it takes
     */
    public void stallTimeout(Duration stall) {
        if (stall.isNegative()) {
            throw new IllegalArgumentException("the stall timeout is negative");
        }
        line.stallTimeout(stall);
    }

    /**
     * Asks the server, over a further connection, to cancel what this one is doing. Whether something was cancelled is seen here:
     * whatever waits then throws a {@link ServerError} with state 57014. From any thread.
     */
    public void cancel() throws WireException {
        if (cancelKey.length == 0) {
            throw WireException.protocol("the server gave no key to cancel with");
        }
        Dial.Way way = Dial.open(address, settings, encrypted ? Protection.ALWAYS : Protection.NONE);
        try {
            Messages ask = new Messages(way.line(), way.layer());
            ask.send(Outgoing.untyped()
                    .int32(CANCEL_REQUEST)
                    .int32(processId)
                    .bytes(cancelKey)
                    .done());
            ask.next();
            throw ask.unexpected();
        } catch (WireException e) {
            if (e.reason() != Reason.LOST) {
                throw e;
            } // the server hangs up when it is done, without a word
        } finally {
            way.line().abort();
        }
    }

    /** Closes the socket at once. Whoever waits for the server gets a {@link WireException}. From any thread. */
    public void abort() {
        line.abort();
    }

    /** Says goodbye and closes; the server rolls back what was not committed. */
    @Override
    public void close() {
        if (isOpen() && !busy) {
            try {
                layer.write(Outgoing.message('X').done());
                layer.flush();
                layer.end();
            } catch (WireException e) {
                abort(); // the server is gone already
            }
        }
        abort();
    }

    private interface Step<T> {
        T run() throws ServerError, WireException;
    }

    private <T> T exchange(String sql, Step<T> step) throws ServerError, WireException {
        ByteBuffer statement = statement(sql);
        claim();
        try {
            begin(statement);
            return step.run();
        } catch (WireException e) {
            throw lastWords(e);
        } finally {
            done();
        }
    }

    private void claim() throws WireException {
        if (busy) {
            throw new IllegalStateException("the connection is within something else");
        }
        if (!isOpen()) {
            throw new WireException(Reason.ABORTED, "the connection is closed");
        }
        busy = true;
        ready = false;
        completed = false;
        refusal = null;
        copyRows = null;
    }

    /** Sends a statement, after what came on its own since the last one. */
    private void begin(ByteBuffer statement) throws ServerError, WireException {
        while (!isFatal() && messages.poll()) {
            if ("NSAE".indexOf(messages.type()) < 0) {
                throw messages.unexpected();
            }
            isOver();
        }
        conclude();
        messages.send(statement);
    }

    private static ByteBuffer statement(String sql) {
        return Outgoing.message('Q').text(sql).done();
    }

    private void done() {
        busy = false;
        if (!ready) {
            abort();
        }
    }

    private ByteBuffer copyMessage() {
        if (copyMessage == null) {
            copyMessage = messages.newBuffer(CopyIn.messageBytes());
        }
        return copyMessage;
    }

    /**
     * Waits for a COPY to begin.
     *
     * @return whether its format is text
     */
    private boolean awaitCopy(char response) throws ServerError, WireException {
        while (messages.next() != response) {
            switch (messages.type()) {
                case 'G', 'H', 'W' -> throw noSuchCopy(response);
                case 'T', 'D' -> messages.rest();
                default -> {
                    if (isOver()) {
                        conclude();
                        throw noSuchCopy(response);
                    }
                }
            }
        }
        boolean text = messages.letter() == 0;
        int columns = messages.int16();
        messages.bytes(Short.BYTES * columns);
        messages.end();
        return text;
    }

    private static WireException noSuchCopy(char response) {
        return WireException.protocol(
                "the server did not take the statement for a COPY " + (response == 'H' ? "TO STDOUT" : "FROM STDIN"));
    }

    private long copied() throws ServerError, WireException {
        awaitReady();
        conclude();
        if (copyRows == null) {
            throw WireException.protocol("the server did not say how many rows were copied");
        }
        return copyRows;
    }

    private void awaitReady() throws WireException {
        while (!ready && !isFatal()) {
            messages.next();
            if (isOver()) {
                return;
            }
        }
    }

    /** Takes in what arrived while rows are sent. */
    private void listen() throws WireException {
        while (!ready && !isFatal() && messages.poll()) {
            isOver();
        }
        if (ready || isFatal()) {
            messages.keep(); // or a server that hung up would go unnoticed
        }
    }

    private boolean isFatal() {
        return refusal != null && refusal.isFatal();
    }

    /**
     * Takes in the current message, which belongs to no kind of statement in particular.
     *
     * @return whether nothing more will come
     */
    private boolean isOver() throws WireException {
        switch (messages.type()) {
            case 'N' -> messages.fields();
            case 'A' -> {
                messages.int32();
                messages.text();
                messages.text();
                messages.end();
            }
            case 'S' -> {
                parameters.put(messages.text(), messages.text());
                messages.end();
            }
            case 'E' -> {
                ServerError error = new ServerError(messages.fields());
                if (refusal == null || error.isFatal()) {
                    refusal = error;
                }
                return error.isFatal();
            }
            case 'C' -> {
                Long rows = CopyIn.rows(messages.text());
                messages.end();
                copyRows = rows != null ? rows : copyRows;
                completed = true;
            }
            case 'I' -> {
                messages.end();
                completed = true;
            }
            case 'Z' -> {
                transaction = messages.letter();
                messages.end();
                if ("ITE".indexOf(transaction) < 0 || !(completed || refusal != null)) {
                    throw messages.unexpected();
                }
                ready = true;
                return true;
            }
            default -> throw messages.unexpected();
        }
        return false;
    }

    private void conclude() throws ServerError {
        if (refusal != null) {
            throw refusal;
        }
    }

    /**
     * A connection that breaks while the server refuses something: what the server said tells more than how it broke.
     *
     * @return the failure, if the server said nothing
     */
    private WireException lastWords(WireException failure) throws ServerError {
        try {
            if (failure.reason() == Reason.LOST) {
                listen();
            }
        } catch (WireException e) {
            failure.addSuppressed(e);
        }
        ready = false;
        if (refusal != null && failure.reason() != Reason.ABORTED) {
            refusal.addSuppressed(failure);
            throw refusal;
        }
        return failure;
    }

    private int description() throws WireException {
        int columns = messages.int16();
        for (int i = 0; i < columns; i++) {
            messages.text();
            messages.bytes(3 * Integer.BYTES + 3 * Short.BYTES);
        }
        messages.end();
        return columns;
    }

    private List<@Nullable String> row(int columns) throws WireException {
        if (messages.int16() != columns) {
            throw WireException.protocol("the server sent a row with a wrong number of values");
        }
        List<@Nullable String> values = new ArrayList<>(columns);
        for (int i = 0; i < columns; i++) {
            int length = messages.int32();
            values.add(length == -1 ? null : messages.value(length));
        }
        messages.end();
        return values;
    }
}
