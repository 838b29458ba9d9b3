package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveAddition.LargeObjectContents;
import dev.holdfast.connectors.postgres.ArchiveAddition.LargeObjectDefinitions;
import dev.holdfast.connectors.postgres.ArchiveAddition.Rows;
import dev.holdfast.connectors.postgres.ArchiveAddition.SequenceState;
import dev.holdfast.connectors.postgres.ArchiveSurvey.Definition;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a part as a custom-format archive, as {@code pg_dump -Fc} would have: the captured schema archive with the entries
 * and blocks of the data added, in one pass and in the same version of the format. Rows are counted and hashed on the way
 * and must be those that were captured. For one thread.
 *
 * <pre>
 * head       "PGDMP" version revision int-bytes offset-bytes 1 compression time origin
 * contents   count, entries: those of the schema archive as they are, the added ones before the first of section 4
 * blocks     1 id chunks               rows: COPY text, then \. and two empty lines
 *            3 id (oid chunks)* 0      large objects
 * chunks     (length bytes)* 0         a zlib stream where the archive is compressed
 * </pre>
 */
final class ArchiveExport {
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final byte[] END_OF_ROWS = "\\.\n\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final String LARGE_OBJECT_CATALOG = "2613";

    private final PartReader part;
    private final Progress progress;
    private final ArchiveSurvey survey;
    private final List<ArchiveAddition> additions;
    private final ArchiveFormat format;
    private final int level;
    private final Map<Integer, Long> entryPlaces = new LinkedHashMap<>();
    private final Map<Integer, Long> blocks = new LinkedHashMap<>();
    private long entries;
    private long contentBytes;

    /**
     * @param level of compression, 0 to 9
     */
    private ArchiveExport(
            PartReader part,
            Progress progress,
            ArchiveSurvey survey,
            List<ArchiveAddition> additions,
            ArchiveFormat format,
            int level) {
        this.part = part;
        this.progress = progress;
        this.survey = survey;
        this.additions = additions;
        this.format = format;
        this.level = level;
    }

    /** Looks at the part and decides what the archive will have; reads no rows yet. */
    static ArchiveExport of(
            PartReader part, DatabaseProperties properties, int level, Progress progress, Consumer<Finding> findings)
            throws IOException {
        ArchiveSurvey survey = ArchiveSurvey.of(part, properties);
        ArchiveFormat format;
        try (InputStream schema = ArchiveSurvey.open(part)) {
            format = survey.input(schema).format();
        }
        List<ArchiveAddition> additions = ArchivePlan.of(part, survey, format.isOf17(), findings);
        progress.expect(part.entryCount(), part.contentBytes());
        return new ArchiveExport(part, progress, survey, additions, format, level);
    }

    /** Entries of the part that were written. */
    long entries() {
        return entries;
    }

    /** Bytes of their contents. */
    long contentBytes() {
        return contentBytes;
    }

    /** Writes everything to a file, and where its data are, if the file can take that; reads it back, if it can be read. */
    void write(ExportFile file) throws IOException {
        write(file::write);
        if (file.changeable()) {
            entryPlaces.forEach((id, place) -> patch(file, place, blocks.getOrDefault(id, -1L)));
        }
        if (file.seekable()) {
            new ArchiveProof(file, survey.charset()).verify(survey.count(), additions, blocks);
        }
    }

    private void patch(ExportFile file, long place, long block) {
        ByteBuffer bytes = ByteBuffer.allocate(1 + format.offsetBytes());
        ArchiveOutput output = new ArchiveOutput(bytes::put, format);
        output.place(ArchiveFormat.PLACE_KNOWN, block);
        output.flush();
        file.patch(place, bytes.array());
    }

    /** Writes everything to something that only takes bytes in order. */
    void write(ArchiveOutput.Sink sink) throws IOException {
        ArchiveOutput output = new ArchiveOutput(sink, format);
        try (InputStream schema = ArchiveSurvey.open(part)) {
            ArchiveInput input = survey.input(schema);
            writeHead(input, output);
            writeContents(input, output);
        }
        Keys.KNOWN_DOCUMENTS.forEach(document -> part.find(document).ifPresent(this::count));
        try (ArchiveOutput.Data data = output.data(level)) {
            for (ArchiveAddition addition : additions) {
                writeBlock(output, data, addition);
            }
        }
        output.flush();
    }

    private void count(Entry entry) {
        entries++;
        progress.advance(1, 0);
        contentBytes += entry.content().bytes();
    }

    private void writeHead(ArchiveInput input, ArchiveOutput output) throws IOException {
        byte[] magic = "PGDMP".getBytes(StandardCharsets.US_ASCII);
        output.bytes(magic, 0, magic.length);
        output.octet(format.version() >>> 8);
        output.octet(format.version());
        output.octet(format.revision());
        output.octet(format.intBytes());
        output.octet(format.offsetBytes());
        output.octet(ArchiveFormat.CUSTOM);
        if (format.namesCompression()) {
            output.octet(level == 0 ? 0 : 1); // none or gzip
        } else {
            output.number(level);
        }
        input.skipTime();
        for (int field : time()) {
            output.number(field);
        }
        byte[] origin = input.origin();
        output.bytes(origin, 0, origin.length);
    }

    /** When the snapshot was taken: the schema archive has a fixed time. */
    private int[] time() {
        ZonedDateTime at = snapshotTime().atZone(ZoneOffset.UTC);
        return new int[] {
            at.getSecond(),
            at.getMinute(),
            at.getHour(),
            at.getDayOfMonth(),
            at.getMonthValue() - 1,
            at.getYear() - 1900,
            0
        };
    }

    private Instant snapshotTime() {
        try {
            return Instant.parse(part.details().getOrDefault("snapshot-time", ""));
        } catch (DateTimeParseException e) {
            return Instant.parse("2000-01-01T00:00:00Z");
        }
    }

    private void writeContents(ArchiveInput input, ArchiveOutput output) throws IOException {
        int count = input.count();
        if (count != survey.count()) {
            throw new Damaged(ErrorCode.DAMAGED, "the schema archive changed while it was read", "");
        }
        output.number(count + additions.size());
        boolean added = false;
        for (int i = 0; i < count; i++) {
            ArchiveEntry entry = input.entry();
            if (!added && entry.section() == ArchiveFormat.SECTION_POST_DATA) {
                writeAdditions(output);
                added = true;
            }
            output.bytes(entry.raw(), 0, entry.raw().length);
        }
        if (!added) {
            writeAdditions(output);
        }
    }

    private void writeAdditions(ArchiveOutput output) {
        for (ArchiveAddition addition : additions) {
            switch (addition) {
                case Rows rows -> writeEntry(output, text(rows));
                case SequenceState state -> writeEntry(output, text(state));
                case LargeObjectDefinitions definitions -> writeEntry(output, text(definitions));
                case LargeObjectContents contents -> writeEntry(output, text(contents));
            }
            if (addition.hasData()) {
                entryPlaces.put(addition.id(), output.position());
                output.place(ArchiveFormat.PLACE_UNKNOWN, 0);
            } else {
                output.place(ArchiveFormat.NO_DATA, 0);
            }
        }
    }

    /** The words of an entry; a null is none. */
    private record Words(
            ArchiveAddition addition,
            String catalog,
            String oid,
            String name,
            String type,
            @Nullable String definition,
            @Nullable String removal,
            @Nullable String copy,
            @Nullable String schema,
            @Nullable String owner,
            List<Integer> dependencies) {}

    private static Words text(Rows rows) {
        Optional<Definition> definition = rows.definition();
        String own = definition
                .map(Definition::quoted)
                .orElseGet(() -> CopyNames.of(rows.name().schema(), rows.name().name()));
        String columns = CopyNames.columns(
                Keys.columns(rows.entry()), definition.map(Definition::sql).orElse(""));
        return new Words(
                rows,
                "0",
                definition.map(Definition::oid).orElse("0"),
                rows.name().name(),
                "TABLE DATA",
                rows.root()
                        .map(root -> "-- load via partition root " + oneLine(root))
                        .orElse(null),
                null,
                "COPY " + rows.root().orElse(own) + " " + columns + " FROM stdin;\n",
                rows.name().schema(),
                definition.map(Definition::owner).orElse(null),
                rows.dependencies());
    }

    /** In a comment no line may end. */
    private static String oneLine(String text) {
        return text.replaceAll("[\r\n]", " ");
    }

    private Words text(SequenceState state) {
        Optional<Definition> definition = state.definition();
        String own = definition
                .map(Definition::quoted)
                .orElseGet(
                        () -> CopyNames.of(state.name().schema(), state.name().name()));
        String literal = "'" + own.replace("'", "''") + "'";
        return new Words(
                state,
                "0",
                "0",
                state.name().name(),
                "SEQUENCE SET",
                "SELECT pg_catalog.setval("
                        + (survey.plainBackslashes() ? literal : literal.replace("\\", "\\\\"))
                        + ", " + Long.parseLong(Keys.need(state.entry(), Keys.LAST_VALUE))
                        + ", " + Keys.need(state.entry(), Keys.IS_CALLED).equals("true") + ");\n",
                null,
                null,
                state.name().schema(),
                definition.map(Definition::owner).orElse(null),
                definition.map(known -> List.of(known.id())).orElse(List.of()));
    }

    private static Words text(LargeObjectDefinitions definitions) {
        return new Words(
                definitions,
                LARGE_OBJECT_CATALOG,
                Long.toString(definitions.oids().getFirst()),
                range(definitions.oids().getFirst(), definitions.oids().getLast()),
                "BLOB METADATA",
                definitions.oids().stream().map(oid -> oid + "\n").collect(Collectors.joining()),
                "-- dummy",
                null,
                null,
                null,
                List.of());
    }

    private Words text(LargeObjectContents contents) {
        return new Words(
                contents,
                "0",
                "0",
                format.isOf17() ? Long.toString(contents.first()) : "BLOBS",
                "BLOBS",
                null,
                null,
                null,
                null,
                null,
                contents.dependencies());
    }

    private static String range(long first, long last) {
        return first == last ? Long.toString(first) : first + ".." + last;
    }

    private void writeEntry(ArchiveOutput output, Words words) {
        output.number(words.addition().id());
        output.number(words.addition().hasData() ? 1 : 0);
        output.text(bytes(words.catalog()));
        output.text(bytes(words.oid()));
        output.text(bytes(words.name()));
        output.text(bytes(words.type()));
        output.number(ArchiveFormat.SECTION_DATA);
        output.text(bytesOrNull(words.definition()));
        output.text(bytesOrNull(words.removal()));
        output.text(bytesOrNull(words.copy()));
        output.text(bytesOrNull(words.schema()));
        output.text(null); // tablespace
        output.text(null); // access method
        if (format.isOf17()) {
            output.number(0); // kind of relation
        }
        output.text(bytesOrNull(words.owner()));
        output.text(bytes("false")); // with oids
        words.dependencies().forEach(id -> output.text(bytes(Integer.toString(id))));
        output.text(null);
    }

    private byte @Nullable [] bytesOrNull(@Nullable String text) {
        return text == null ? null : bytes(text);
    }

    private byte[] bytes(String text) {
        try {
            ByteBuffer encoded = survey.charset().newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new Unsupported(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "'" + text.strip() + "' cannot be written in " + survey.charset() + ", the database's encoding",
                    "restore the snapshot with 'holdfast restore', which does not need that.",
                    e);
        }
    }

    private void writeBlock(ArchiveOutput output, ArchiveOutput.Data data, ArchiveAddition addition) {
        if (addition.hasData()) {
            blocks.put(addition.id(), output.position());
        }
        switch (addition) {
            case Rows rows -> {
                output.octet(ArchiveFormat.ROWS_BLOCK);
                output.number(rows.id());
                writeRows(data, rows);
            }
            case LargeObjectContents contents -> {
                output.octet(ArchiveFormat.LARGE_OBJECTS_BLOCK);
                output.number(contents.id());
                writeLargeObjects(output, data, contents);
                output.number(0);
            }
            case SequenceState state -> count(state.entry());
            case LargeObjectDefinitions _ -> {
                // said it all in its entry
            }
        }
    }

    private void writeRows(ArchiveOutput.Data data, Rows rows) {
        RowDigest digest = new RowDigest();
        copy(rows.entry(), (bytes, offset, length) -> {
            digest.text(bytes, offset, length);
            data.write(bytes, offset, length);
        });
        if (digest.rows() != rows.rows() || !digest.hash().equals(rows.hash()) || digest.isWithinRow()) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "the rows of table " + rows.name().shown() + " are not those that were captured: expected "
                            + rows.rows() + " with hash " + rows.hash() + ", found " + digest.rows() + " with hash "
                            + digest.hash(),
                    "run 'holdfast check --read-data'.");
        }
        data.write(END_OF_ROWS, 0, END_OF_ROWS.length);
        data.end();
        count(rows.entry());
    }

    private void writeLargeObjects(ArchiveOutput output, ArchiveOutput.Data data, LargeObjectContents contents) {
        EntryCursor cursor = part.entriesFrom(Keys.blob(contents.first()));
        for (long i = 0; i < contents.count(); i++) {
            Entry entry = cursor.next();
            if (entry == null || entry.type() != EntryType.LARGE_OBJECT) {
                throw new Damaged(
                        ErrorCode.DAMAGED,
                        "part '" + part.name() + "' lacks " + (contents.count() - i) + " large objects",
                        "run 'holdfast check --read-data'.");
            }
            output.number((int) Keys.oid(entry.key()));
            copy(entry, data::write);
            data.end();
            count(entry);
        }
    }

    private void copy(Entry entry, ArchiveOutput.Sink sink) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream content = part.open(entry.content())) {
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                sink.write(buffer, 0, n);
                progress.advance(0, n);
            }
        } catch (IOException e) {
            throw failure(e, entry);
        }
    }

    private static HoldfastException failure(IOException e, Entry entry) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "entry " + entry.key() + " cannot be read: " + e.getMessage(),
                "run 'holdfast check'.",
                e);
    }
}
