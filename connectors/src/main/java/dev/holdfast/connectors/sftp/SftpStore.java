package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileHandle;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.store.StoreProbe;
import dev.holdfast.engine.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * A store in a directory of another server, reached by SFTP.
 *
 * <p>An object is written to {@code tmp/} under the root, flushed to the server's disk, and published by a hard link, which fails
 * where the name is taken: so it is there whole or not at all, and once. A server without hard links is refused: renaming refuses a
 * name that is taken, but not every server does so in one step.
 *
 * <p>Only {@link #prepare} makes the root. Safe for many threads and many processes.
 */
public final class SftpStore implements ObjectStore {
    private static final String TEMPORARY = "tmp";
    private static final long READ_WHOLE_MAX = 64L << 20;

    private final SftpLocation location;
    private final SftpServer server;
    private final SftpFailures failures;
    /** Folders that are known to be there. */
    private final Set<String> made = ConcurrentHashMap.newKeySet();

    public SftpStore(SftpLocation location) {
        this.location = location;
        this.server = new SftpServer(location);
        this.failures = server.failures();
    }

    @Override
    public String location() {
        return location.toString();
    }

    private String path(StoreKey key) {
        return location.path(key.name());
    }

    @Override
    public void prepare() {
        server.tell("cannot make '" + location.path() + "'", channel -> {
            server.makeFolders(channel, location.path());
            server.makeFolders(channel, location.path(TEMPORARY));
        });
    }

    // ------------------------------------------------------------- promises

    @Override
    public void probe() {
        server.tell("cannot try out '" + location.path() + "'", this::proveLinks);
        StoreProbe.run(this);
        server.tell("cannot tidy '" + location.path("probe") + "'", this::removeProbes);
    }

    /** {@link #create} looks before it links, so that its refusal proves nothing about links. */
    private void proveLinks(SftpChannel channel) throws IOException {
        requireLinks(channel);
        requireFlush(channel);
        makeReady(channel);
        String one = location.path(TEMPORARY + "/probe-" + UUID.randomUUID());
        String other = location.path(TEMPORARY + "/probe-" + UUID.randomUUID());
        String name = location.path(TEMPORARY + "/probe-" + UUID.randomUUID());
        try {
            channel.close(channel.create(one));
            channel.close(channel.create(other));
            channel.link(one, name);
            channel.link(other, name);
        } catch (SftpException e) {
            if (SftpFailures.isUnexplained(e) && server.look(channel, name).isPresent()) {
                return;
            }
            throw withoutLinks(e);
        } finally {
            SftpServer.discard(channel, one);
            SftpServer.discard(channel, other);
            SftpServer.discard(channel, name);
        }
        throw new Unsupported(
                ErrorCode.STORE_UNSUITABLE,
                "'" + location + "' cannot hold a repository: a hard link replaces a file that has its name",
                "use a server such as that of OpenSSH.");
    }

    private void requireLinks(SftpChannel channel) {
        if (!channel.knows(SftpChannel.HARD_LINK)) {
            throw withoutLinks(null);
        }
    }

    private void requireFlush(SftpChannel channel) {
        if (!channel.knows(SftpChannel.FLUSH)) {
            throw new Unsupported(
                    ErrorCode.STORE_UNSUITABLE,
                    "'" + location
                            + "' cannot hold a repository: its server cannot be told to bring a file to the disk, without"
                            + " which a power cut may take what counts as kept",
                    "use a server such as that of OpenSSH.");
        }
    }

    private Unsupported withoutLinks(@Nullable Exception cause) {
        return new Unsupported(
                ErrorCode.STORE_UNSUITABLE,
                "'" + location
                        + "' cannot hold a repository: its server makes no hard links there, without which an object"
                        + " cannot be created whole and once",
                "use a server such as that of OpenSSH, and a file system such as ext4, xfs, btrfs or zfs.",
                cause);
    }

    private void removeProbes(SftpChannel channel) throws IOException {
        String probes = location.path("probe");
        try {
            for (DirEntry left : channel.entries(probes)) {
                channel.removeFolder(probes + "/" + left.getFilename());
            }
            channel.removeFolder(probes);
        } catch (SftpException e) {
            // somebody else is probing, or the folders are gone already: an empty folder harms nobody
            return;
        } finally {
            made.removeIf(folder -> folder.startsWith(probes));
        }
    }

    // ------------------------------------------------------------- writing

    @Override
    public void create(StoreKey key, Body body) {
        if (key.name().equals(TEMPORARY) || key.name().startsWith(TEMPORARY + "/")) {
            throw new IllegalArgumentException("'" + key + "' is where unfinished objects are");
        }
        server.tell("cannot create '" + key + "'", Math.max(1, body.bytes()), channel -> create(channel, key, body));
    }

    private void create(SftpChannel channel, StoreKey key, Body body) throws IOException {
        requireLinks(channel);
        makeReady(channel);
        if (server.look(channel, path(key)).isPresent()) {
            throw exists(channel, key, null);
        }
        String unfinished = location.path(TEMPORARY + "/w-" + UUID.randomUUID());
        FileHandle file = channel.create(unfinished);
        try {
            write(channel, file, body);
            channel.flush(file);
            publish(channel, key, unfinished);
            // the file again: a journal that has its new name on the disk has its folder's entry too
            channel.flush(file);
            channel.close(file);
        } finally {
            SftpServer.discard(channel, unfinished);
        }
    }

    private static void write(SftpChannel channel, FileHandle file, Body body) throws IOException {
        Upload upload = new Upload();
        try (InputStream content = open(body)) {
            byte[] block = new byte[SftpChannel.PIECE_BYTES];
            for (int read = content.read(block); read >= 0; read = content.read(block)) {
                for (int done = 0; done < read; ) {
                    done += upload.take(block, done, read - done);
                    upload.advance(channel, file);
                }
            }
            upload.finish(channel, file);
        } catch (SftpException e) {
            upload.abandon(channel);
            channel.close(file);
            throw e;
        }
        if (upload.taken() != body.bytes()) {
            channel.close(file);
            throw new IllegalStateException(
                    upload.taken() + " bytes instead of " + body.bytes() + " were there to write");
        }
    }

    private static InputStream open(Body body) {
        return switch (body) {
            case Body.InMemory memory -> new ByteArrayInputStream(memory.content());
            case Body.InFile file -> {
                try {
                    yield Files.newInputStream(file.path());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** Links a finished file to its name, once. */
    private void publish(SftpChannel channel, StoreKey key, String finished) throws IOException {
        String folder = SftpLocation.parent(path(key));
        makeFolder(channel, folder);
        try {
            link(channel, key, finished);
        } catch (SftpException e) {
            if (!SftpFailures.isNothing(e)) {
                throw e;
            }
            made.clear();
            makeFolder(channel, folder);
            link(channel, key, finished);
        }
    }

    private void link(SftpChannel channel, StoreKey key, String finished) throws IOException {
        try {
            channel.link(finished, path(key));
        } catch (SftpException e) {
            if (SftpFailures.isUnexplained(e) && server.look(channel, path(key)).isPresent()) {
                throw exists(channel, key, e);
            }
            throw e;
        }
    }

    private AlreadyExists exists(SftpChannel channel, StoreKey key, @Nullable SftpException cause) throws IOException {
        flush(channel, path(key));
        return failures.exists(key.name(), cause);
    }

    /** Whoever acts on the object that is there must not lose it to a power cut. */
    private static void flush(SftpChannel channel, String path) throws IOException {
        try {
            FileHandle file = channel.read(path);
            try {
                channel.flush(file);
            } finally {
                channel.close(file);
            }
        } catch (SftpException e) {
            return; // gone again, or a folder
        }
    }

    private void makeFolder(SftpChannel channel, String folder) throws IOException {
        if (folder.equals(location.path()) || made.contains(folder)) {
            return;
        }
        makeFolder(channel, SftpLocation.parent(folder));
        if (!server.isFolder(channel, folder)) {
            try {
                channel.makeFolder(folder);
            } catch (SftpException e) {
                if (!server.isFolder(channel, folder)) {
                    throw e;
                }
            }
        }
        made.add(folder);
    }

    /** Refuses to write where nothing was prepared; an emptied {@code tmp} of a copied repository is made again. */
    private void makeReady(SftpChannel channel) throws IOException {
        String temporary = location.path(TEMPORARY);
        if (made.contains(temporary)) {
            return;
        }
        if (!server.isFolder(channel, temporary)) {
            requireContent(channel);
            makeFolder(channel, temporary);
        }
        made.add(temporary);
    }

    /** Tells a directory with a store in it from one that nobody prepared, or whose file system is away. */
    private void requireContent(SftpChannel channel) throws IOException {
        try {
            if (!channel.entries(location.path()).isEmpty()) {
                return;
            }
        } catch (SftpException e) {
            if (!SftpFailures.isNothing(e)) {
                throw e;
            }
            throw away("is not there", e);
        }
        throw away("is empty", null);
    }

    private Missing away(String what, @Nullable Throwable cause) {
        return new Missing(
                ErrorCode.REPOSITORY_MISSING,
                "'" + location + "' " + what,
                "mount its file system if it has one of its own, or run 'holdfast init' to begin a repository there.",
                cause);
    }

    // ------------------------------------------------------------- reading

    @Override
    public byte[] read(StoreKey key) {
        return server.ask("cannot read '" + key + "'", channel -> {
            requireObject(channel, key);
            FileHandle file = channel.read(path(key));
            try {
                long bytes = channel.size(file);
                if (bytes > READ_WHOLE_MAX) {
                    throw new IllegalArgumentException("'" + key + "' has " + bytes + " bytes: too long to read whole");
                }
                return range(channel, file, key, 0, (int) bytes);
            } finally {
                channel.close(file);
            }
        });
    }

    @Override
    public byte[] read(StoreKey key, long offset, int length) {
        return server.ask("cannot read '" + key + "'", channel -> {
            FileHandle file;
            try {
                file = channel.read(path(key));
            } catch (SftpException e) {
                requireObject(channel, key);
                throw e;
            }
            try {
                return range(channel, file, key, offset, length);
            } catch (SftpException e) {
                requireObject(channel, key);
                throw e;
            } finally {
                channel.close(file);
            }
        });
    }

    private byte[] range(SftpChannel channel, FileHandle file, StoreKey key, long offset, int length)
            throws IOException {
        byte[] bytes = new byte[length];
        int end = new Download(channel, file).read(offset, bytes);
        if (end < length) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "'" + key + "' at " + location + " ends before " + (offset + length) + " bytes",
                    "Run 'holdfast check' to see what else is hurt.");
        }
        return bytes;
    }

    private Attributes requireObject(SftpChannel channel, StoreKey key) throws IOException {
        Optional<Attributes> found = server.look(channel, path(key)).filter(Attributes::isRegularFile);
        if (found.isEmpty()) {
            if (!server.isFolder(channel, location.path())) {
                throw away("is not there", null);
            }
            throw new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + key + "' is not there at " + location, "");
        }
        return found.get();
    }

    @Override
    public long size(StoreKey key) {
        return server.ask(
                "cannot look at '" + key + "'",
                channel -> requireObject(channel, key).getSize());
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> consumer) {
        int slash = prefix.lastIndexOf('/');
        Deque<String> folders = new ArrayDeque<>();
        folders.add(slash < 0 ? "" : prefix.substring(0, slash));
        boolean first = true;
        while (!folders.isEmpty()) {
            String folder = folders.remove();
            boolean start = first;
            for (DirEntry entry :
                    server.ask("cannot list '" + prefix + "'", channel -> entries(channel, folder, start))) {
                String name = folder.isEmpty() ? entry.getFilename() : folder + "/" + entry.getFilename();
                Attributes attributes = entry.getAttributes();
                if (attributes.isDirectory()) {
                    if (isWanted(name + "/", prefix)) {
                        folders.add(name);
                    }
                } else if (attributes.isRegularFile() && name.startsWith(prefix) && StoreKey.isValid(name)) {
                    consumer.accept(new StoredObject(
                            new StoreKey(name),
                            attributes.getSize(),
                            attributes.getModifyTime().toInstant()));
                }
            }
            first = false;
        }
    }

    private static boolean isWanted(String folder, String prefix) {
        return (folder.startsWith(prefix) || prefix.startsWith(folder)) && !folder.equals(TEMPORARY + "/");
    }

    /** A folder that is gone has nothing in it; the root must be there. */
    private List<DirEntry> entries(SftpChannel channel, String folder, boolean start) throws IOException {
        try {
            return channel.entries(location.path(folder));
        } catch (SftpException e) {
            if (start && folder.isEmpty() && SftpFailures.isNothing(e)) {
                throw away("is not there", e);
            }
            if (SftpFailures.isNothing(e)
                    || server.look(channel, location.path(folder))
                            .filter(Attributes::isDirectory)
                            .isEmpty()) {
                if (start) {
                    requireContent(channel);
                }
                return List.of();
            }
            throw e;
        }
    }

    // ------------------------------------------------------------- the rest

    @Override
    public void delete(StoreKey key) {
        server.tell("cannot delete '" + key + "'", channel -> {
            try {
                channel.remove(path(key));
            } catch (SftpException e) {
                Optional<Attributes> left = server.look(channel, path(key));
                if (left.filter(Attributes::isRegularFile).isPresent()) {
                    throw e;
                }
                if (!server.isFolder(channel, location.path(TEMPORARY))) {
                    requireContent(channel);
                }
            }
        });
    }

    @Override
    public OptionalLong freeBytes() {
        return server.ask("cannot look at the file system", channel -> channel.fileSystem(location.path()))
                .map(disk -> OptionalLong.of(disk.freeBytes()))
                .orElse(OptionalLong.empty());
    }

    @Override
    public int sweepTemporary(Instant olderThan) {
        return server.ask("cannot sweep '" + TEMPORARY + "'", channel -> {
            int swept = 0;
            for (DirEntry entry : entries(channel, TEMPORARY, false)) {
                Attributes attributes = entry.getAttributes();
                if (attributes.isRegularFile()
                        && attributes.getModifyTime().toInstant().isBefore(olderThan)) {
                    channel.remove(location.path(TEMPORARY + "/" + entry.getFilename()));
                    swept++;
                }
            }
            return swept;
        });
    }

    @Override
    public void close() {
        server.close();
    }
}
