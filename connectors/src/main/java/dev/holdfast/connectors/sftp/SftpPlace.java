package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpServer.Requests;
import dev.holdfast.connectors.sftp.SftpServer.Steps;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.store.RetryingStore.Sleeper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * A directory of another server, reached by SFTP, as a place for exported files. What is cut off is tried again, and an upload goes on
 * where it was. Only {@link #prepare} makes the directory: a disk that is not mounted there is never mistaken for an empty place.
 * Below it no folder is a link to write or to delete through. Safe for many threads.
 */
public final class SftpPlace implements FilePlace {
    private final SftpLocation location;
    private final SftpServer server;
    private final Patience patience;
    private final Sleeper sleeper;

    public SftpPlace(SftpLocation location) {
        this(location, Patience.DEFAULT, Thread::sleep);
    }

    SftpPlace(SftpLocation location, Patience patience, Sleeper sleeper) {
        this.location = location;
        this.server = new SftpServer(location);
        this.patience = patience;
        this.sleeper = sleeper;
    }

    /**
     * How often something is tried again.
     *
     * @param strangerTries how often it may fail in a row with a server that was not reached yet, at least 1
     * @param tries how often it may fail in a row without getting on at all, with one that was, at least 1
     * @param firstPause after the first failure; doubles with each further one
     * @param longestPause what pauses never exceed
     */
    record Patience(int strangerTries, int tries, Duration firstPause, Duration longestPause) {
        /** About three minutes for a server that went away, four seconds for one that was not there to begin with. */
        static final Patience DEFAULT = new Patience(4, 10, Duration.ofMillis(500), Duration.ofSeconds(30));

        Duration pause(int failures) {
            Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 20));
            return pause.compareTo(longestPause) > 0 ? longestPause : pause;
        }
    }

    SftpServer server() {
        return server;
    }

    String path(FileName name) {
        return location.path(name.text());
    }

    /**
     * Waits before the next try.
     *
     * @param failures how many there were in a row
     * @throws HoldfastException the failure, if there were too many
     */
    void pause(int failures, Unavailable failure) {
        if (failures >= (server.wasReached() ? patience.tries() : patience.strangerTries())) {
            throw failure;
        }
        try {
            sleeper.sleep(patience.pause(failures));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(
                    ErrorCode.CANCELLED,
                    "stopped while waiting for " + location.server().server(),
                    "",
                    e);
        }
    }

    private <T> T steadily(Supplier<T> call) {
        for (int failures = 1; ; failures++) {
            try {
                return call.get();
            } catch (Unavailable e) {
                pause(failures, e);
            }
        }
    }

    private <T> T ask(String what, Requests<T> requests) {
        return steadily(() -> server.ask(what, requests));
    }

    private void tell(String what, Steps steps) {
        ask(what, channel -> {
            steps.by(channel);
            return true;
        });
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public String location(FileName name) {
        return location + (location.path().endsWith("/") ? "" : "/") + name;
    }

    @Override
    public void prepare() {
        tell("cannot make '" + location.path() + "'", channel -> server.makeFolders(channel, location.path()));
    }

    @Override
    public ExportFile create(FileName name, FileFacts facts, boolean replace) {
        return new SftpExportFile(this, name, replace);
    }

    @Override
    public InputStream open(FileName name) {
        return ask("cannot read '" + name + "'", channel -> {
            try {
                Attributes found = channel.follow(path(name));
                if (!found.isRegularFile()) {
                    throw missing(name, null);
                }
                return new SftpFileStream(this, channel, path(name), found);
            } catch (SftpException e) {
                if (server.look(channel, path(name))
                        .filter(Attributes::isRegularFile)
                        .isEmpty()) {
                    requireRoot(channel);
                    throw missing(name, e);
                }
                throw e;
            }
        });
    }

    private Missing missing(FileName name, @Nullable Throwable cause) {
        return new Missing(ErrorCode.STORE_OBJECT_MISSING, "there is no file '" + name + "' at " + location, "", cause);
    }

    @Override
    public Optional<PlacedFile> find(FileName name) {
        return ask("cannot look for '" + name + "'", channel -> {
                    Optional<Attributes> found = server.look(channel, path(name));
                    if (found.isEmpty()) {
                        requireRoot(channel);
                    }
                    return found;
                })
                .filter(Attributes::isRegularFile)
                .map(attributes -> placed(name, attributes));
    }

    private static PlacedFile placed(FileName name, Attributes attributes) {
        return new PlacedFile(
                name, attributes.getSize(), attributes.getModifyTime().toInstant());
    }

    // ------------------------------------------------------------- listing

    @Override
    public void list(String prefix, Consumer<PlacedFile> consumer) {
        walk(prefix, (name, attributes) -> {
            if (name.startsWith(prefix) && !UnfinishedName.is(name)) {
                named(name).ifPresent(file -> consumer.accept(placed(file, attributes)));
            }
        });
    }

    private static Optional<FileName> named(String text) {
        try {
            return Optional.of(new FileName(text));
        } catch (Invalid e) {
            return Optional.empty();
        }
    }

    @Override
    public int sweepUnfinished(Instant olderThan) {
        int[] swept = {0};
        walk("", (name, attributes) -> {
            if (UnfinishedName.is(name)
                    && attributes.getModifyTime().toInstant().isBefore(olderThan)) {
                tell("cannot remove '" + name + "'", channel -> removed(channel, location.path(name)));
                swept[0]++;
            }
        });
        return swept[0];
    }

    private interface Visitor {
        void visit(String name, Attributes attributes);
    }

    /** Shows every ordinary file, and links that were left unfinished, in folders that may have names with the prefix. */
    private void walk(String prefix, Visitor visitor) {
        Deque<String> folders = new ArrayDeque<>(List.of(""));
        while (!folders.isEmpty()) {
            String folder = folders.remove();
            for (DirEntry entry : ask("cannot list '" + prefix + "'", channel -> entries(channel, folder))) {
                String name = folder.isEmpty() ? entry.getFilename() : folder + "/" + entry.getFilename();
                Attributes attributes = entry.getAttributes();
                if (attributes.isDirectory()) {
                    if ((name + "/").startsWith(prefix) || prefix.startsWith(name + "/")) {
                        folders.add(name);
                    }
                } else if (attributes.isRegularFile() || (attributes.isSymbolicLink() && UnfinishedName.is(name))) {
                    visitor.visit(name, attributes);
                }
            }
        }
    }

    private List<DirEntry> entries(SftpChannel channel, String folder) throws IOException {
        try {
            return channel.entries(location.path(folder));
        } catch (SftpException e) {
            if (!folder.isEmpty() && !server.isFolder(channel, location.path(folder))) {
                return List.of(); // gone since its name was seen
            }
            if (folder.isEmpty() && SftpFailures.isNothing(e)) {
                throw away(e);
            }
            throw e;
        }
    }

    // ------------------------------------------------------------- names

    @Override
    public void delete(FileName name) {
        tell("cannot delete '" + name + "'", channel -> {
            if (hasFolders(channel, name)) {
                removed(channel, path(name));
            }
        });
        if (ask("cannot look for '" + name + "'", channel -> server.look(channel, path(name)))
                .isPresent()) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + location(name) + "' is still there after it was deleted",
                    "see whether something else writes there.");
        }
    }

    @Override
    public void tidy(FileName folder) {
        String what = "cannot remove empty folders of '" + folder + "'";
        boolean there = ask(
                what,
                channel -> hasFolders(channel, folder)
                        && server.look(channel, path(folder))
                                .filter(Attributes::isDirectory)
                                .isPresent());
        List<String> folders = new ArrayList<>(there ? List.of(folder.text()) : List.of());
        for (int i = 0; i < folders.size(); i++) {
            String one = folders.get(i);
            ask(what, channel -> entries(channel, one)).stream()
                    .filter(entry -> entry.getAttributes().isDirectory())
                    .forEach(entry -> folders.add(one + "/" + entry.getFilename()));
        }
        // from within
        for (String one : folders.reversed()) {
            tell(what, channel -> {
                String path = location.path(one);
                if (server.isFolder(channel, path) && channel.entries(path).isEmpty()) {
                    channel.removeFolder(path);
                }
            });
        }
    }

    /** Removes something, if it is there. */
    void removed(SftpChannel channel, String path) throws IOException {
        try {
            channel.remove(path);
        } catch (SftpException e) {
            if (server.look(channel, path).isPresent()) {
                throw e;
            }
        }
    }

    @Override
    public void point(FileName name, FileName target) {
        String link = UnfinishedName.beside(path(name));
        tell("cannot make '" + name + "' lead to '" + target + "'", channel -> {
            if (!channel.knows(SftpChannel.REPLACING_RENAME)) {
                throw new Unsupported(
                        ErrorCode.STORE_UNSUITABLE,
                        "the server of '" + location + "' cannot replace a link in one step",
                        "use a server such as that of OpenSSH, or leave the link out.");
            }
            requireRoot(channel);
            if (server.look(channel, path(target))
                    .filter(Attributes::isRegularFile)
                    .isEmpty()) {
                throw missing(target, null);
            }
            makeFolders(channel, name);
            Optional<Attributes> there = server.look(channel, path(name));
            if (there.isPresent() && !there.get().isSymbolicLink()) {
                throw new AlreadyExists(
                        ErrorCode.STORE_OBJECT_EXISTS,
                        "'" + location(name) + "' is no link, and only such a one is replaced",
                        "move it away, or choose another name.");
            }
            try {
                removed(channel, link); // of a try before this one
                channel.pointAt(relative(name, target), link);
                channel.replace(link, path(name));
            } catch (SftpException e) {
                SftpServer.discard(channel, link);
                throw e;
            }
        });
    }

    private static String relative(FileName from, FileName to) {
        String[] folder = from.text().split("/");
        String[] file = to.text().split("/");
        int common = 0;
        while (common < Math.min(folder.length, file.length) - 1 && folder[common].equals(file[common])) {
            common++;
        }
        return "../".repeat(folder.length - 1 - common)
                + String.join("/", Arrays.copyOfRange(file, common, file.length));
    }

    /** Makes the folders of a name that are missing. */
    void makeFolders(SftpChannel channel, FileName name) throws IOException {
        requireRoot(channel);
        for (String folder : folders(name)) {
            if (!isReal(channel, folder)) {
                server.makeFolders(channel, folder);
            }
        }
    }

    /** Whether every folder of a name is there. */
    private boolean hasFolders(SftpChannel channel, FileName name) throws IOException {
        requireRoot(channel);
        for (String folder : folders(name)) {
            if (!isReal(channel, folder)) {
                return false;
            }
        }
        return true;
    }

    private boolean isReal(SftpChannel channel, String folder) throws IOException {
        Optional<Attributes> there = server.look(channel, folder);
        if (there.filter(Attributes::isSymbolicLink).isPresent()) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + folder + "' at " + location.server().server()
                            + " is a link, and no link is followed to write or to delete",
                    "make it a folder, or name the directory that it leads to as a place of its own.");
        }
        return there.filter(Attributes::isDirectory).isPresent();
    }

    private void requireRoot(SftpChannel channel) throws IOException {
        if (!server.isFolder(channel, location.path())) {
            throw away(null);
        }
    }

    private Missing away(@Nullable Throwable cause) {
        return new Missing(
                ErrorCode.DIRECTORY_MISSING,
                "'" + location + "' is not there",
                "mount its file system if it has one of its own; 'holdfast export --to-places' makes it if it is new.",
                cause);
    }

    /** From the outermost to the one that the file is in; without the root. */
    private List<String> folders(FileName name) {
        List<String> folders = new ArrayList<>();
        String text = name.text();
        for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
            folders.add(location.path(text.substring(0, slash)));
        }
        return folders;
    }

    @Override
    public OptionalLong freeBytes() {
        return ask("cannot look at the file system", channel -> channel.fileSystem(location.path()))
                .map(disk -> OptionalLong.of(disk.freeBytes()))
                .orElse(OptionalLong.empty());
    }

    @Override
    public void close() {
        server.close();
    }

    /** What a file is called as long as it is not whole: {@code .holdfast-<random>.part} beside its name. */
    static final class UnfinishedName {
        private static final String BEGIN = ".holdfast-";
        private static final String END = ".part";

        private UnfinishedName() {}

        static String beside(String path) {
            return path.substring(0, path.lastIndexOf('/') + 1) + BEGIN + UUID.randomUUID() + END;
        }

        static boolean is(String name) {
            String last = name.substring(name.lastIndexOf('/') + 1);
            return last.startsWith(BEGIN) && last.endsWith(END);
        }
    }
}
