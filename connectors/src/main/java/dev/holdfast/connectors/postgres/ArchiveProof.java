package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.ExportFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a finished archive back, as pg_restore will: every entry is listed, and its data are where it says. */
final class ArchiveProof {
    private final ExportFile file;
    private final Charset charset;

    ArchiveProof(ExportFile file, Charset charset) {
        this.file = file;
        this.charset = charset;
    }

    /**
     * @param others how many entries the archive has besides the additions
     * @param blocks where the blocks of data are, by id of their entries
     */
    void verify(int others, List<ArchiveAddition> additions, Map<Integer, Long> blocks) throws IOException {
        Map<Integer, ArchiveAddition> expected = new HashMap<>();
        additions.forEach(addition -> expected.put(addition.id(), addition));
        List<ArchiveEntry> withData = new ArrayList<>();
        ArchiveInput input = inputAt(0);
        input.skipTime();
        input.origin();
        int count = input.count();
        int unexpected = 0;
        for (int i = 0; i < count; i++) {
            ArchiveEntry entry = input.entry();
            ArchiveAddition addition = expected.remove(entry.id());
            unexpected += addition == null ? 1 : 0;
            if (addition != null && addition.hasData()) {
                withData.add(entry);
            }
        }
        require(expected.isEmpty(), "lacks " + expected.size() + " entries");
        require(unexpected == others, "has " + unexpected + " further entries instead of " + others);
        for (ArchiveEntry entry : withData) {
            verifyBlock(input.format(), entry, blocks.getOrDefault(entry.id(), -1L));
        }
    }

    private void verifyBlock(ArchiveFormat format, ArchiveEntry entry, long block) {
        require(
                entry.place().state() == ArchiveFormat.PLACE_KNOWN
                        && entry.place().position() == block,
                "does not know where the data of entry " + entry.id() + " are");
        byte[] head = new byte[2 + format.intBytes()];
        int kind = entry.type().equals("BLOBS") ? ArchiveFormat.LARGE_OBJECTS_BLOCK : ArchiveFormat.ROWS_BLOCK;
        int id = 0;
        if (file.read(block, head) == head.length) {
            for (int i = 0; i < Math.min(format.intBytes(), Integer.BYTES); i++) {
                id |= (head[2 + i] & 0xff) << (8 * i);
            }
        }
        require(
                head[0] == kind && id == entry.id(),
                "has other data where those of entry " + entry.id() + " should be");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Failed(
                    ErrorCode.CHECK_FAILED,
                    "the archive that was written " + otherwise,
                    "look at the disk and export again; report it if it stays.");
        }
    }

    private ArchiveInput inputAt(long start) throws IOException {
        return new ArchiveInput(new BufferedInputStream(new Back(start), 64 * 1024), charset, file.location());
    }

    /** The file from a place on. */
    private final class Back extends InputStream {
        private long position;

        Back(long position) {
            this.position = position;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            byte[] piece = new byte[length];
            int n = file.read(position, piece);
            if (n <= 0) {
                return length == 0 ? 0 : -1;
            }
            System.arraycopy(piece, 0, bytes, offset, n);
            position += n;
            return n;
        }
    }
}
