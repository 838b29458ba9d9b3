package dev.holdfast.connectors.archive;

import dev.holdfast.connectors.archive.ArchiveExporter.Format;
import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.connectors.s3.ObjectProperties;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says as what an entry goes into an archive. The same entry gets the same answer each time. */
final class Members {
    private static final int FILE_MODE = 0x1a4;
    private static final int FOLDER_MODE = 0x1ed;

    private final PartReader part;
    private final Format format;

    Members(PartReader part, Format format) {
        this.part = part;
        this.format = format;
    }

    /**
     * An entry in an archive.
     *
     * @param content the entry whose content it has
     */
    record Place(Member member, Entry content) {}

    /** Null if the archive cannot hold it at all. */
    @Nullable
    Place of(NamedEntry named, Losses losses) {
        Entry entry = named.entry();
        if (named.why() != null) {
            losses.add("have another name there, as theirs " + named.why(), entry.key());
        }
        return entry.type() == EntryType.OBJECT ? object(named) : file(named, losses);
    }

    private static Place object(NamedEntry named) {
        Entry entry = named.entry();
        boolean folder = named.isFolder();
        Instant modified = ObjectProperties.of(entry).modified().orElse(Instant.EPOCH);
        FileProperties look = FileProperties.plain(folder ? FOLDER_MODE : FILE_MODE, modified);
        EntryType type = folder ? EntryType.DIRECTORY : EntryType.FILE;
        return new Place(new Member(named.name(), type, entry.content().bytes(), look), entry);
    }

    private @Nullable Place file(NamedEntry named, Losses losses) {
        Entry entry = named.entry();
        return switch (entry.type()) {
            case FILE, DIRECTORY, SYMBOLIC_LINK -> place(named, entry, entry.type(), losses);
            case HARD_LINK -> hardLink(named, losses);
            case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> {
                if (format == Format.TAR) {
                    yield place(named, entry, entry.type(), losses);
                }
                yield lost(entry, losses);
            }
            case SOCKET -> lost(entry, losses);
            case OBJECT, TABLE, SEQUENCE, LARGE_OBJECT, DOCUMENT ->
                throw new Damaged(
                        ErrorCode.DAMAGED,
                        "entry '" + entry.key() + "' is a " + entry.type() + ", which a directory cannot hold",
                        "run 'holdfast check'.");
        };
    }

    private @Nullable Place lost(Entry entry, Losses losses) {
        losses.add("are sockets, pipes or devices, which " + format.label() + " cannot hold", entry.key());
        return null;
    }

    private Place place(NamedEntry named, Entry shown, EntryType type, Losses losses) {
        FileProperties look = FileProperties.of(shown);
        if (format == Format.ZIP) {
            look = withinZip(named, look, losses);
        }
        long bytes = type == EntryType.FILE ? shown.content().bytes() : 0;
        return new Place(new Member(named.name(), type, bytes, look), shown);
    }

    private static FileProperties withinZip(NamedEntry named, FileProperties look, Losses losses) {
        if (!look.extended().isEmpty()) {
            losses.add(
                    "have extended attributes or access lists, which zip cannot hold",
                    named.entry().key());
        }
        if (!ZipWriter.holdsTime(look.modified())) {
            losses.add(
                    "were changed before 1901 or after 2038, which zip cannot say",
                    named.entry().key());
        }
        return look;
    }

    /** In tar as it is; in zip the same again, as a file of its own. */
    private @Nullable Place hardLink(NamedEntry named, Losses losses) {
        EntryKey key = FileProperties.of(named.entry()).target();
        Entry target = part.find(key)
                .filter(found -> found.type() != EntryType.DIRECTORY && found.type() != EntryType.HARD_LINK)
                .orElseThrow(() -> new Damaged(
                        ErrorCode.DAMAGED,
                        "entry '" + named.entry().key() + "' is a further name of '" + key
                                + "', which is no file of this snapshot",
                        "run 'holdfast check'."));
        if (target.type() == EntryType.SOCKET) {
            return lost(named.entry(), losses);
        }
        if (format == Format.TAR) {
            FileProperties look = FileProperties.of(target);
            FileProperties linked = new FileProperties(
                    look.mode(),
                    look.uid(),
                    look.gid(),
                    look.owner(),
                    look.group(),
                    look.modified(),
                    key,
                    0,
                    0,
                    Map.of());
            return new Place(new Member(named.name(), EntryType.HARD_LINK, 0, linked), named.entry());
        }
        losses.add(
                "are further names of a file, and files of their own in a zip",
                named.entry().key());
        return target.type() == EntryType.FILE || target.type() == EntryType.SYMBOLIC_LINK
                ? place(named, target, target.type(), losses)
                : lost(named.entry(), losses);
    }
}
