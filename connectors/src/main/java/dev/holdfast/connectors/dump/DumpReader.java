package dev.holdfast.connectors.dump;

import dev.holdfast.connectors.postgres.ArchiveReading;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.FolderDump;
import dev.holdfast.connectors.postgres.ScriptReading;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a backup file from its first byte to its last and proves what can be proven of it. */
public final class DumpReader {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final DumpFile file;
    private final Measured content;
    private final List<String> proven = new ArrayList<>();
    private final List<String> unproven = new ArrayList<>();

    private final @Nullable MemberTaker taker;

    private DumpReader(DumpFile file, @Nullable MemberTaker taker) {
        this.file = file;
        this.taker = taker;
        content = new Measured(file.content());
    }

    /**
     * @param file of which nothing was read yet; stays open
     * @throws dev.holdfast.engine.error.Damaged if anything of it does not hold
     * @throws dev.holdfast.engine.error.Unsupported if nothing can be said of it
     */
    public static DumpReport read(DumpFile file) {
        return read(file, null);
    }

    /**
     * Unpacks a tar or zip, and proves it as {@link #read} does; a dump in it is not looked for.
     *
     * @param file of which nothing was read yet; stays open
     * @param taker takes what is in it; what it throws ends it
     * @throws dev.holdfast.engine.error.Unsupported if it holds something that cannot be unpacked here
     */
    public static void unpack(DumpFile file, MemberTaker taker) {
        if (file.format() != DumpFormat.TAR && file.format() != DumpFormat.ZIP) {
            throw new IllegalArgumentException(file.format() + " holds no files");
        }
        read(file, taker);
    }

    private static DumpReport read(DumpFile file, @Nullable MemberTaker taker) {
        try {
            return new DumpReader(file, taker).read();
        } catch (IOException e) {
            throw DumpDamage.of(file.where(), "is damaged: " + e.getMessage(), e);
        }
    }

    private DumpReport read() throws IOException {
        for (Layer layer : file.layers()) {
            proven.add(
                    switch (layer) {
                        case OPENPGP -> "integrity of OpenPGP";
                        case GZIP -> "checksum of gzip";
                        case ZSTD -> "frames of zstd";
                        case BZIP2, LZ4, XZ -> layer.label();
                    });
        }
        DumpReport report = contents();
        end();
        file.drain();
        return report;
    }

    private DumpReport contents() throws IOException {
        String where = file.where();
        return switch (file.format()) {
            case CUSTOM -> {
                DumpContents contents = ArchiveReading.read(content, where);
                proven.add("every block of data unpacked");
                if (file.layers().isEmpty()) {
                    unproven.add("the table of contents has no checksum of its own");
                }
                yield report(Optional.of(contents));
            }
            case SQL, CLUSTER_SQL -> {
                DumpContents contents = ScriptReading.read(content, where, file.format() == DumpFormat.CLUSTER_SQL);
                proven.add("the end of the dump is there");
                if (file.layers().isEmpty()) {
                    unproven.add("SQL has no checksum of its own");
                }
                yield report(Optional.of(contents));
            }
            case TAR -> {
                FolderDump dump = new FolderDump(where);
                long members = new TarReading(content, where, dump, taker).read();
                proven.add("headers and end of the tar");
                if (file.layers().isEmpty()) {
                    unproven.add("files in a tar have no checksum of their own");
                }
                yield report(dump, members);
            }
            case ZIP -> {
                FolderDump dump = new FolderDump(where);
                long members = new ZipReading(content, where, dump, taker).read();
                proven.add("checksum of every file in the zip");
                proven.add("directory of the zip");
                yield report(dump, members);
            }
            case OTHER ->
                throw DumpDamage.unreadable(
                        where,
                        "is of no kind that can be proven" + (file.layers().isEmpty() ? "" : " below its layers")
                                + ": neither a dump of PostgreSQL nor a tar or zip",
                        "compare it with a checksum from where it was made.");
        };
    }

    private DumpReport report(Optional<DumpContents> database) throws IOException {
        end();
        return new DumpReport(
                file.layers(), file.format(), DumpReport.Packed.NONE, "", content.bytes, 0, database, proven, unproven);
    }

    private DumpReport report(FolderDump dump, long members) throws IOException {
        dump.end();
        end();
        if (dump.dumps() > 1) {
            proven.add("every file of " + dump.dumps() + " dumps in it");
        }
        DumpReport.Packed packed = switch (dump.kind()) {
            case NONE -> dump.dumps() > 1 ? DumpReport.Packed.SEVERAL : DumpReport.Packed.NONE;
            case TAR -> file.format() == DumpFormat.TAR ? DumpReport.Packed.TAR_DUMP : DumpReport.Packed.FOLDER_DUMP;
            case FOLDER -> DumpReport.Packed.FOLDER_DUMP;
        };
        return new DumpReport(
                file.layers(),
                file.format(),
                packed,
                dump.folder(),
                content.bytes,
                members,
                dump.contents(),
                proven,
                unproven);
    }

    /** Only whoever reads to the end sees the proof of the layers. */
    private void end() throws IOException {
        byte[] rest = new byte[BUFFER_BYTES];
        if (content.read(rest, 0, rest.length) > 0) {
            throw DumpDamage.of(file.where(), "has something behind its end");
        }
    }

    private static final class Measured extends InputStream {
        private final InputStream in;
        private long bytes;

        Measured(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            bytes += Math.max(0, read);
            return read;
        }
    }
}
