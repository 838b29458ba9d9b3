package dev.holdfast.connectors.adopt;

import com.github.luben.zstd.ZstdInputStream;
import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.BackupHead.Layer;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.WrongKey;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Looks at the beginnings of files. Immutable; for many threads. */
public final class HeadReader {
    private static final int HEAD_BYTES = 16 * 1024;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MOST_LAYERS = 4;
    private static final int TAR_BLOCK = 512;
    private static final int TAR_MAGIC_AT = 257;
    private static final Pattern CONNECT = Pattern.compile(
            "(?m)^\\\\connect (?:-reuse-previous=on \"dbname='((?:[^'\\\\]|\\\\.)+)'\"|\"((?:[^\"]|\"\")+)\"|(\\S+))\\s*$");

    private final Optional<OpenPgpReader> keys;

    /**
     * @param keys what opens encrypted files; empty if nothing does
     */
    public HeadReader(Optional<OpenPgpReader> keys) {
        this.keys = keys;
    }

    /**
     * @param file from its first byte; not closed
     * @param where it is, for people
     * @throws IOException if it cannot be read; what is wrong with its content is told in the head
     */
    public BackupHead read(InputStream file, String where) throws IOException {
        List<Layer> layers = new ArrayList<>();
        byte[] outside = new byte[0];
        InputStream in = file;
        try {
            while (true) {
                BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
                buffered.mark(HEAD_BYTES);
                byte[] head = buffered.readNBytes(HEAD_BYTES);
                buffered.reset();
                outside = layers.isEmpty() ? head : outside;
                Optional<Layer> layer = layer(head);
                if (layer.isEmpty() || layers.size() == MOST_LAYERS) {
                    return innermost(layers, head);
                }
                layers.add(layer.get());
                switch (layer.get()) {
                    case GZIP -> in = new GZIPInputStream(buffered, BUFFER_BYTES);
                    case ZSTD -> in = new ZstdInputStream(buffered);
                    case OPENPGP -> {
                        if (keys.isEmpty()) {
                            return locked(layers, "there is no key or passphrase to open it");
                        }
                        in = keys.get().open(buffered, where);
                    }
                    case AGE, BZIP2, XZ, LZ4 -> {
                        return locked(layers, layer.get().label() + " is not read by Holdfast");
                    }
                }
            }
        } catch (WrongKey e) {
            return locked(layers, "neither the key nor the passphrase opens it");
        } catch (Damaged e) {
            return head(layers, Kind.UNKNOWN, Objects.requireNonNullElse(e.getMessage(), "it is damaged"));
        } catch (IOException e) {
            if (layers.isEmpty()) {
                throw e;
            }
            return head(
                    layers,
                    Kind.UNKNOWN,
                    "it is cut or damaged: what " + layers.getLast().label() + " holds does not begin");
        }
    }

    private static BackupHead locked(List<Layer> layers, String why) {
        return head(layers, Kind.LOCKED, why);
    }

    private static BackupHead head(List<Layer> layers, Kind kind, String obstacle) {
        return new BackupHead(layers, kind, Optional.empty(), Optional.empty(), Optional.of(obstacle));
    }

    private static BackupHead plain(List<Layer> layers, Kind kind, Optional<String> database) {
        return new BackupHead(layers, kind, database, Optional.empty(), Optional.empty());
    }

    private static Optional<Layer> layer(byte[] head) {
        if (begins(head, 0x1f, 0x8b)) {
            return Optional.of(Layer.GZIP);
        }
        if (begins(head, 0x28, 0xb5, 0x2f, 0xfd)) {
            return Optional.of(Layer.ZSTD);
        }
        if (begins(head, 'B', 'Z', 'h') && head.length > 9 && (head[4] & 0xff) == 0x31) {
            return Optional.of(Layer.BZIP2);
        }
        if (begins(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return Optional.of(Layer.XZ);
        }
        if (begins(head, 0x04, 0x22, 0x4d, 0x18)) {
            return Optional.of(Layer.LZ4);
        }
        String text = new String(head, 0, Math.min(head.length, 64), StandardCharsets.ISO_8859_1);
        if (text.startsWith("age-encryption.org/") || text.startsWith("-----BEGIN AGE")) {
            return Optional.of(Layer.AGE);
        }
        return text.startsWith("-----BEGIN PGP MESSAGE") || isPgp(head) ? Optional.of(Layer.OPENPGP) : Optional.empty();
    }

    /** A packet with an encrypted session key comes first: RFC 9580, sections 4.2 and 10.3. */
    private static boolean isPgp(byte[] head) {
        if (head.length < 4) {
            return false;
        }
        int first = head[0] & 0xff;
        int tag = (first & 0xc0) == 0xc0 ? first & 0x3f : (first & 0xc0) == 0x80 ? first >>> 2 & 0xf : 0;
        if (tag != 1 && tag != 3) {
            return false;
        }
        int header = (first & 0x40) != 0 ? 2 : 2 + (first & 3);
        int version = header < head.length ? head[header] & 0xff : 0;
        return tag == 1 ? version == 3 || version == 6 : version >= 4 && version <= 6;
    }

    private static boolean begins(byte[] head, int... bytes) {
        if (head.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((head[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static BackupHead innermost(List<Layer> layers, byte[] head) {
        if (head.length == 0) {
            return head(layers, Kind.EMPTY, "it holds nothing");
        }
        if (begins(head, 'P', 'G', 'D', 'M', 'P')) {
            return archive(layers, head, 0);
        }
        if (begins(head, 'P', 'K', 3, 4) || begins(head, 'P', 'K', 5, 6)) {
            return plain(layers, Kind.ZIP, Optional.empty());
        }
        if (isTar(head)) {
            boolean dump = new String(head, 0, 8, StandardCharsets.ISO_8859_1).equals("toc.dat\0");
            return dump ? archive(layers, head, TAR_BLOCK) : plain(layers, Kind.TAR, Optional.empty());
        }
        return text(layers, head);
    }

    private static boolean isTar(byte[] head) {
        return head.length > TAR_MAGIC_AT + 5
                && new String(head, TAR_MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    }

    private static BackupHead archive(List<Layer> layers, byte[] head, int at) {
        Optional<ArchiveHead> archive = ArchiveHead.of(head, at);
        if (archive.isEmpty()) {
            return head(layers, Kind.UNKNOWN, "it is cut: the head of the archive is not whole");
        }
        Kind kind = switch (archive.get().format()) {
            case ArchiveHead.CUSTOM -> Kind.CUSTOM;
            // a folder's table of contents says that it is that of a tar, and is in none
            case ArchiveHead.TAR -> at == 0 ? Kind.DUMP_FOLDER : Kind.DUMP_TAR;
            case ArchiveHead.FOLDER -> Kind.DUMP_FOLDER;
            default -> Kind.UNKNOWN;
        };
        Optional<LocalDateTime> made = archive.get().made();
        return new BackupHead(
                layers,
                kind,
                Optional.of(archive.get().database()).filter(name -> !name.isEmpty()),
                made,
                kind == Kind.UNKNOWN
                        ? Optional.of("it is an archive of a format that is not known")
                        : Optional.empty());
    }

    private static BackupHead text(List<Layer> layers, byte[] head) {
        String text = new String(head, StandardCharsets.UTF_8);
        if (text.contains("-- PostgreSQL database cluster dump")) {
            return plain(layers, Kind.CLUSTER, Optional.empty());
        }
        if (text.contains("-- PostgreSQL database dump")) {
            return plain(layers, Kind.SQL, connected(text));
        }
        if (text.startsWith("-- MySQL dump") || text.startsWith("-- MariaDB dump") || text.contains("MariaDB dump")) {
            return head(layers, Kind.UNKNOWN, "it is a dump of MySQL or MariaDB, which Holdfast does not read");
        }
        boolean binary = text.chars().limit(1024).anyMatch(c -> c == 0 || c == 0xfffd);
        return binary
                ? head(layers, Kind.UNKNOWN, "it is no dump: nothing known begins like this")
                : plain(layers, Kind.TEXT, Optional.empty());
    }

    /** SQL written with {@code --create} says which database it is of. */
    private static Optional<String> connected(String text) {
        Matcher matcher = CONNECT.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        if (matcher.group(1) != null) {
            return Optional.of(matcher.group(1).replace("\"\"", "\"").replaceAll("\\\\(.)", "$1"));
        }
        return Optional.of(matcher.group(2) != null ? matcher.group(2).replace("\"\"", "\"") : matcher.group(3));
    }
}
