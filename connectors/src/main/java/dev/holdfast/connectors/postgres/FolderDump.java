package dev.holdfast.connectors.postgres;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.holdfast.connectors.postgres.ArchiveListing.Data;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Recognises among files, in whatever order they come, those of a dump of {@code pg_dump -Ft} or {@code -Fd}, and proves that they are all
 * there: the table of contents, what is in {@code <id>.dat}, and large objects. Files of several dumps at once are not told apart. For one
 * thread.
 */
public final class FolderDump {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final String TOC = "toc.dat";
    private static final Pattern DATA = Pattern.compile("([0-9]+\\.dat|blob_[0-9]+\\.dat)(\\.gz|\\.zst|\\.lz4)?");
    private static final Pattern LARGE_OBJECTS = Pattern.compile("blobs(_[0-9]+)?\\.toc");

    private final String where;
    private final Map<String, CopyLines> met = new HashMap<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private @Nullable ArchiveListing listing;
    private Kind kind = Kind.NONE;
    private String folder = "";

    /** Sums of the names of large objects, listed and met: they are equal if both are the same. */
    private long listedObjects;

    private long metObjects;

    /** What wrote the files. */
    public enum Kind {
        NONE,
        TAR,
        FOLDER
    }

    /**
     * @param where the files are, for people
     */
    public FolderDump(String where) {
        this.where = where;
    }

    /**
     * Looks at a file if it may belong to a dump.
     *
     * @param name with its folders
     * @throws Damaged if it is one and is not whole
     */
    public void take(String name, InputStream content) throws IOException {
        int slash = name.lastIndexOf('/');
        String last = name.substring(slash + 1);
        Matcher data = DATA.matcher(last);
        if (last.equals(TOC)) {
            folder = name.substring(0, slash + 1);
            contents(content);
        } else if (LARGE_OBJECTS.matcher(last).matches()) {
            met.put(name, new CopyLines());
            listObjects(content);
        } else if (data.matches()) {
            String plain = name.substring(0, slash + 1) + data.group(1);
            CopyLines lines = unpacked(name, data.group(2), content);
            if (last.startsWith("blob_")) {
                metObjects += hash(data.group(1));
            } else {
                met.put(plain, lines);
            }
        }
    }

    private void contents(InputStream content) throws IOException {
        InputStream in = new BufferedInputStream(content, BUFFER_BYTES);
        try {
            ArchiveInput input = ArchiveInput.ofAnybody(in, where);
            ArchiveReading.compression(input, where);
            kind = input.kind() == ArchiveFormat.TAR ? Kind.TAR : Kind.FOLDER;
            listing = ArchiveListing.of(input);
        } catch (EOFException e) {
            throw damaged("is cut: its table of contents (" + TOC + ") ends too early", e);
        }
    }

    private void listObjects(InputStream content) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            listedObjects += hash(line.substring(line.indexOf(' ') + 1).strip());
        }
    }

    /** Spread over all 64 bits, so that sums of several do not meet by chance. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return (hash ^ (hash >>> 31)) * 0x9e3779b97f4a7c15L;
    }

    private CopyLines unpacked(String name, @Nullable String ending, InputStream content) throws IOException {
        CopyLines lines = new CopyLines();
        try {
            InputStream plain = opened(name, ending, content);
            for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
                lines.take(buffer, 0, n);
            }
        } catch (IOException e) {
            throw damaged("is damaged: '" + name + "' in it cannot be unpacked (" + e.getMessage() + ")", e);
        }
        return lines;
    }

    private InputStream opened(String name, @Nullable String ending, InputStream content) throws IOException {
        return switch (ending == null ? "" : ending) {
            case ".gz" -> new GZIPInputStream(content, BUFFER_BYTES);
            case ".zst" -> new ZstdInputStreamNoFinalizer(content);
            case "" -> content;
            default ->
                throw new Unsupported(
                        ErrorCode.CHECK_FAILED,
                        "'" + name + "' in '" + where + "' is compressed with lz4, which is not read here",
                        "restore it with pg_restore to prove it, or dump with --compress=zstd.");
        };
    }

    /**
     * All files were seen.
     *
     * @throws Damaged if one of a dump is missing
     */
    public void end() {
        ArchiveListing found = listing;
        if (found == null) {
            return;
        }
        for (Data data : List.copyOf(found.expected().values())) {
            CopyLines lines = file(data);
            if (lines == null) {
                throw damaged("is cut: it lacks '" + data.file() + "', the data of " + data.shown(), null);
            }
            if (data.copied() && !lines.whole()) {
                throw damaged("is damaged: the rows of " + data.shown() + " do not end as they should", null);
            }
            found.met(data, data.copied() ? lines.rows() : -1, lines.bytes());
        }
        if (listedObjects != metObjects) {
            throw damaged("is damaged: its large objects are not those that it lists", null);
        }
    }

    /** A tar names the list of large objects otherwise than its table of contents does. */
    private @Nullable CopyLines file(Data data) {
        CopyLines named = met.get(folder + data.file());
        if (named != null || !data.largeObjects()) {
            return named;
        }
        CopyLines numbered = met.get(folder + "blobs_" + data.id() + ".toc");
        return numbered == null ? met.get(folder + "blobs.toc") : numbered;
    }

    public Kind kind() {
        return kind;
    }

    /** What the dump holds; empty if there is none, and only to be used after {@link #end}. */
    public Optional<DumpContents> contents() {
        return Optional.ofNullable(listing).map(ArchiveListing::contents);
    }

    private Damaged damaged(String what, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + where + "' " + what,
                "take another copy of it; what can be read of this one is not all of it.",
                cause);
    }
}
