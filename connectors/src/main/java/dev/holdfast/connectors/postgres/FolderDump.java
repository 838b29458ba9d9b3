package dev.holdfast.connectors.postgres;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.holdfast.connectors.postgres.ArchiveListing.Data;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Recognises among files, in whatever order they come, those of dumps of {@code pg_dump -Ft} or {@code -Fd}, and proves that they are all
 * there: the table of contents, what is in {@code <id>.dat}, and large objects. Files that only have such names are left alone. Memory grows
 * with the number of files that have such names. For one thread.
 */
public final class FolderDump {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MOST_LINE_BYTES = 4096;
    private static final String TOC = "toc.dat";
    private static final String SCRIPT = "restore.sql";
    private static final byte[] MAGIC = "PGDMP".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern DATA = Pattern.compile("([0-9]+\\.dat|blob_[0-9]+\\.dat)(\\.gz|\\.zst|\\.lz4)?");
    private static final Pattern LARGE_OBJECTS = Pattern.compile("blobs(_[0-9]+)?\\.toc");

    private final String where;
    private final Map<String, Folder> folders = new HashMap<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];

    /** Files with names of a dump that are in one folder. */
    private static final class Folder {
        private final Map<String, CopyLines> met = new HashMap<>();
        private @Nullable ArchiveListing listing;
        /** Why one of them cannot be what its name says; only counts if they are of a dump. */
        private @Nullable HoldfastException trouble;

        private boolean odd;
        private boolean saysTar;
        private boolean hasScript;
        private boolean compressed;

        /** Sums of the names of large objects, listed and met: they are equal if both are the same. */
        private long listedObjects;

        private long metObjects;

        void failed(HoldfastException e) {
            trouble = trouble == null ? e : trouble;
        }
    }

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

    /** Whether a file of a dump may be named so, without its folders. */
    public static boolean isName(String last) {
        return last.equals(TOC)
                || last.equals(SCRIPT)
                || LARGE_OBJECTS.matcher(last).matches()
                || DATA.matcher(last).matches();
    }

    /**
     * Looks at a file if it may belong to a dump.
     *
     * @param name with its folders
     * @throws Damaged if it is a table of contents and is not whole
     */
    public void take(String name, InputStream content) throws IOException {
        int slash = name.lastIndexOf('/');
        String last = name.substring(slash + 1);
        Matcher data = DATA.matcher(last);
        if (last.equals(TOC)) {
            contents(folder(name), content);
        } else if (last.equals(SCRIPT)) {
            folder(name).hasScript = true;
        } else if (LARGE_OBJECTS.matcher(last).matches()) {
            Folder folder = folder(name);
            folder.met.put(last, new CopyLines());
            listObjects(folder, name, content);
        } else if (data.matches()) {
            Folder folder = folder(name);
            folder.compressed |= data.group(2) != null;
            CopyLines lines = unpacked(folder, name, data.group(2), content);
            if (last.startsWith("blob_")) {
                folder.metObjects += hash(data.group(1));
            } else {
                folder.met.put(data.group(1), lines);
            }
        }
    }

    private Folder folder(String name) {
        return folders.computeIfAbsent(name.substring(0, name.lastIndexOf('/') + 1), _ -> new Folder());
    }

    private void contents(Folder folder, InputStream content) throws IOException {
        BufferedInputStream in = new BufferedInputStream(content, BUFFER_BYTES);
        in.mark(MAGIC.length);
        folder.odd = !Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        if (folder.odd) {
            return;
        }
        in.reset();
        try {
            ArchiveInput input = ArchiveInput.ofAnybody(in, where);
            ArchiveReading.compression(input, where);
            folder.saysTar = input.kind() == ArchiveFormat.TAR;
            folder.listing = ArchiveListing.of(input);
        } catch (EOFException e) {
            throw damaged("is cut: its table of contents (" + TOC + ") ends too early", e);
        }
    }

    private void listObjects(Folder folder, String name, InputStream content) throws IOException {
        InputStream in = new BufferedInputStream(content, BUFFER_BYTES);
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != '\n') {
                line.append((char) c);
            } else {
                folder.listedObjects += object(line);
                line.setLength(0);
            }
            if (line.length() > MOST_LINE_BYTES) {
                folder.failed(damaged("is damaged: '" + name + "' in it is no list of large objects", null));
                return;
            }
        }
        if (!line.isEmpty()) {
            folder.listedObjects += object(line);
        }
    }

    private static long object(CharSequence line) {
        String text = line.toString();
        return hash(text.substring(text.indexOf(' ') + 1).strip());
    }

    /** Spread over all 64 bits, so that sums of several do not meet by chance. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return (hash ^ (hash >>> 31)) * 0x9e3779b97f4a7c15L;
    }

    private CopyLines unpacked(Folder folder, String name, @Nullable String ending, InputStream content) {
        CopyLines lines = new CopyLines();
        try {
            InputStream plain = opened(name, ending, content);
            for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
                lines.take(buffer, 0, n);
            }
        } catch (Unsupported e) {
            folder.failed(e);
        } catch (IOException e) {
            folder.failed(damaged("is damaged: '" + name + "' in it cannot be unpacked (" + e.getMessage() + ")", e));
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
        for (Folder folder : folders.values()) {
            if (folder.odd && !folder.met.isEmpty()) {
                throw damaged("is damaged: its table of contents (" + TOC + ") is none of pg_dump", null);
            }
            if (folder.listing != null) {
                end(folder, folder.listing);
            }
        }
    }

    private void end(Folder folder, ArchiveListing listing) {
        if (folder.trouble != null) {
            throw folder.trouble;
        }
        for (Data data : List.copyOf(listing.expected().values())) {
            if (data.file().indexOf('/') >= 0) {
                throw damaged("is damaged: the data of " + data.shown() + " are said to be in another folder", null);
            }
            CopyLines lines = file(folder, data);
            if (lines == null) {
                throw damaged("is cut: it lacks '" + data.file() + "', the data of " + data.shown(), null);
            }
            if (data.copied() && !lines.whole()) {
                throw damaged("is damaged: the rows of " + data.shown() + " do not end as they should", null);
            }
            listing.met(data, data.copied() ? lines.rows() : -1, lines.bytes());
        }
        if (folder.listedObjects != folder.metObjects) {
            throw damaged("is damaged: its large objects are not those that it lists", null);
        }
    }

    /** A tar names the list of large objects otherwise than its table of contents does. */
    private static @Nullable CopyLines file(Folder folder, Data data) {
        CopyLines named = folder.met.get(data.file());
        if (named != null || !data.largeObjects()) {
            return named;
        }
        CopyLines numbered = folder.met.get("blobs_" + data.id() + ".toc");
        return numbered == null ? folder.met.get("blobs.toc") : numbered;
    }

    /** In how many folders there is a dump. */
    public long dumps() {
        return folders.values().stream()
                .filter(folder -> folder.listing != null)
                .count();
    }

    private Optional<Map.Entry<String, Folder>> only() {
        return dumps() != 1
                ? Optional.empty()
                : folders.entrySet().stream()
                        .filter(one -> one.getValue().listing != null)
                        .findFirst();
    }

    /** What the only dump is; a folder's table of contents says that it is that of a tar too, and nothing beside it is compressed there. */
    public Kind kind() {
        return only().map(one -> isTar(one.getKey(), one.getValue()) ? Kind.TAR : Kind.FOLDER)
                .orElse(Kind.NONE);
    }

    private static boolean isTar(String name, Folder folder) {
        return name.isEmpty() && folder.saysTar && folder.hasScript && !folder.compressed;
    }

    /** Where the files of the only dump are, with a slash at the end; empty if there is none, or they are at the top. */
    public String folder() {
        return only().map(Map.Entry::getKey).orElse("");
    }

    /** What the dump holds; empty if there is none, or several, and only to be used after {@link #end}. */
    public Optional<DumpContents> contents() {
        return only().map(Map.Entry::getValue)
                .flatMap(one -> Optional.ofNullable(one.listing))
                .map(ArchiveListing::contents);
    }

    private Damaged damaged(String what, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + where + "' " + what,
                "take another copy of it; what can be read of this one is not all of it.",
                cause);
    }
}
