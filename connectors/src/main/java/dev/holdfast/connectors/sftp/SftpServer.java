package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileSystem;
import dev.holdfast.connectors.ssh.SshSession;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server: one login and a few channels, shared by all threads. It is logged in when it is first needed, and again when
 * the connection was lost; what was under way then fails with {@link Unavailable}. Safe for many threads.
 */
final class SftpServer implements AutoCloseable {
    /** A server of OpenSSH takes ten; each is a process there, which does one thing at a time. */
    private static final int CHANNELS = 4;

    private final SftpLocation location;
    private final SftpFailures failures;
    private final @Nullable SftpChannel[] channels = new SftpChannel[CHANNELS];
    private final AtomicInteger next = new AtomicInteger();
    private @Nullable SshSession session;
    private boolean closed;
    private volatile boolean reached;

    SftpServer(SftpLocation location) {
        this.location = location;
        this.failures = new SftpFailures(location);
    }

    /** Something that is done by requests. */
    @FunctionalInterface
    interface Requests<T> {
        T by(SftpChannel channel) throws IOException;
    }

    /** The same without a result. */
    @FunctionalInterface
    interface Steps {
        void by(SftpChannel channel) throws IOException;
    }

    SftpFailures failures() {
        return failures;
    }

    /**
     * Does something, once.
     *
     * @param what it, for the message if it fails: {@code cannot read 'this'}
     * @throws HoldfastException as the failure is to be understood
     */
    <T> T ask(String what, Requests<T> requests) {
        return ask(what, 0, requests);
    }

    /**
     * @param bytes about how many are written; 0 if none
     */
    <T> T ask(String what, long bytes, Requests<T> requests) {
        SftpChannel channel = channel();
        try {
            return requests.by(channel);
        } catch (IOException e) {
            throw failure(what, bytes, channel, e);
        }
    }

    void tell(String what, Steps steps) {
        tell(what, 0, steps);
    }

    void tell(String what, long bytes, Steps steps) {
        ask(what, bytes, channel -> {
            steps.by(channel);
            return true;
        });
    }

    /** What a failure means; a channel that did not answer is not used again. */
    HoldfastException failure(String what, long bytes, SftpChannel channel, IOException e) {
        if (e instanceof SftpException) {
            return failures.of(
                    what,
                    bytes,
                    e,
                    SftpFailures.isUnexplained(e) ? fileSystem(channel) : Optional.empty(),
                    Optional.empty());
        }
        drop(channel);
        return failures.of(what, bytes, e, Optional.empty(), lost());
    }

    private Optional<FileSystem> fileSystem(SftpChannel channel) {
        try {
            return channel.fileSystem(location.path());
        } catch (IOException e) {
            return Optional.empty(); // the failure before this one is told
        }
    }

    /** Whether there ever was a login. */
    boolean wasReached() {
        return reached;
    }

    /** A channel that works, as far as anybody knows. Not to be closed by whoever uses it. */
    SftpChannel channel() {
        int number = Math.floorMod(next.getAndIncrement(), CHANNELS);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            SshSession login = session();
            SftpChannel channel = channels[number];
            if (channel != null && channel.isOpen()) {
                return channel;
            }
            try {
                SftpChannel opened = SftpChannel.open(login.connection());
                channels[number] = opened;
                return opened;
            } catch (IOException e) {
                throw notOpened(login, e);
            }
        }
    }

    private SshSession session() {
        SshSession login = session;
        if (login != null && login.lost().isPresent()) {
            end();
            login = null;
        }
        if (login == null) {
            login = SshSession.open(location.server(), SshSession.Purpose.STORE);
            session = login;
            reached = true;
        }
        return login;
    }

    private HoldfastException notOpened(SshSession login, IOException e) {
        String said = SftpFailures.said(e);
        if (login.lost().isEmpty() && said.contains("subsystem")) {
            return new AccessDenied(
                    ErrorCode.STORE_ACCESS_DENIED,
                    "ssh server " + location.server().server() + " has no SFTP for user '"
                            + location.server().user() + "': " + said,
                    "let sshd_config have 'Subsystem sftp internal-sftp'.",
                    e);
        }
        end();
        return failures.of("cannot begin SFTP", 0, e, Optional.empty(), Optional.empty());
    }

    private synchronized Optional<String> lost() {
        return session == null ? Optional.empty() : session.lost();
    }

    private synchronized void drop(SftpChannel channel) {
        for (int i = 0; i < CHANNELS; i++) {
            if (channels[i] == channel) {
                channels[i] = null;
            }
        }
        quietly(channel);
    }

    private static void quietly(SftpChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            return; // it was of no use any more
        }
    }

    private void end() {
        for (int i = 0; i < CHANNELS; i++) {
            SftpChannel channel = channels[i];
            if (channel != null) {
                quietly(channel);
                channels[i] = null;
            }
        }
        SshSession login = session;
        session = null;
        if (login != null) {
            login.close();
        }
    }

    // ------------------------------------------------------------- names

    /** What has a name, links not followed; empty if nothing has, whatever stands in the way. */
    Optional<Attributes> look(SftpChannel channel, String path) throws IOException {
        try {
            return Optional.of(channel.look(path));
        } catch (SftpException e) {
            if (SftpFailures.isNothing(e) || (SftpFailures.isUnexplained(e) && isBelowFile(channel, path))) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** OpenSSH does not say why there can be nothing of that name. */
    private boolean isBelowFile(SftpChannel channel, String path) throws IOException {
        String parent = SftpLocation.parent(path);
        if (parent.equals("/") || parent.equals(".")) {
            return false;
        }
        return look(channel, parent)
                .filter(above -> above.isDirectory() || above.isSymbolicLink())
                .isEmpty();
    }

    /** Makes a folder, and those above it, where they are missing; a link to a folder is one. */
    void makeFolders(SftpChannel channel, String path) throws IOException {
        if (isFolder(channel, path)) {
            return;
        }
        String parent = SftpLocation.parent(path);
        if (!parent.equals("/") && !parent.equals(".")) {
            makeFolders(channel, parent);
        }
        try {
            channel.makeFolder(path);
        } catch (SftpException e) {
            if (!isFolder(channel, path)) {
                throw e;
            }
        }
    }

    boolean isFolder(SftpChannel channel, String path) throws IOException {
        try {
            return channel.follow(path).isDirectory();
        } catch (SftpException e) {
            if (SftpFailures.isNothing(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Removes what is left of something that was not finished; what cannot be removed now is swept later. */
    static void discard(SftpChannel channel, String path) {
        try {
            if (channel.isOpen()) {
                channel.remove(path);
            }
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        end();
    }
}
