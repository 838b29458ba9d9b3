package dev.holdfast.connectors.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fresh place for each test, a second view of it, and what tests of places do again and again. */
abstract class PlaceStand {
    static final FileFacts FACTS =
            new FileFacts("application/octet-stream", Map.of("holdfast-database", "shop \"1\""), OptionalLong.empty());

    FilePlace place;
    FilePlace other;

    /** A place that does not exist yet; the contract prepares and closes it. */
    protected abstract FilePlace freshPlace() throws Exception;

    /** The same place as another process would open it. */
    protected abstract FilePlace anotherView(FilePlace same) throws Exception;

    /** Opens a file whose reading is going to break off for good after some of its bytes. */
    protected abstract InputStream openCut(FilePlace in, FileName name) throws Exception;

    /** How many bytes a segment of a name may have, where the server of the test knows less than {@link FileName}. */
    protected int longestSegment() {
        return 240;
    }

    /** Names below that of the file {@code daily/a}; none where the server of the test fails when it is asked to delete one. */
    protected List<String> belowFile() {
        return List.of("daily/a/b");
    }

    /** Whether a listed name is of the server's own making. */
    protected boolean isForeign(FileName name) {
        return false;
    }

    @BeforeEach
    final void prepare() throws Exception {
        place = freshPlace();
        place.prepare();
        other = anotherView(place);
    }

    @AfterEach
    final void close() {
        other.close();
        place.close();
    }

    // -- helpers

    protected final FilePlace place() {
        return place;
    }

    /** A view through which nothing was written. */
    protected final FilePlace other() {
        return other;
    }

    protected static FileName name(String text) {
        return new FileName(text);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Random bytes, the same for the same seed. */
    protected static byte[] random(int length, long seed) {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        return content;
    }

    protected static void write(FilePlace to, String name, byte[] content, boolean replace) {
        try (ExportFile file = to.create(name(name), FACTS, replace)) {
            file.preflight();
            file.write(content, 0, content.length);
            file.commit();
        }
    }

    protected final void put(String name, String content) {
        write(place, name, bytes(content), false);
    }

    protected static byte[] content(FilePlace of, String name) throws IOException {
        try (InputStream content = of.open(name(name))) {
            return content.readAllBytes();
        }
    }

    protected final String read(String name) throws IOException {
        return new String(content(other, name), StandardCharsets.UTF_8);
    }

    protected final List<String> listed(String prefix) {
        List<String> names = new ArrayList<>();
        other.list(prefix, file -> {
            if (!isForeign(file.name())) {
                names.add(file.name().text());
            }
        });
        assertThat(names).doesNotHaveDuplicates();
        return names;
    }

    static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    static String sha256(InputStream content) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[64 << 10];
        try (content) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
