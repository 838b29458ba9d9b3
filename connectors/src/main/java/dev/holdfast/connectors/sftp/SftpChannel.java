package dev.holdfast.connectors.sftp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.FullAccessSftpClient;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpResponse;
import org.apache.sshd.sftp.client.impl.SftpStatus;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/**
 * The requests of SFTP, version 3. What the server refuses is an {@link SftpException}; any other {@link IOException} is the end of
 * the channel, or of the patience with it. Safe for many threads; the server answers them one after the other.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02">SFTP, version 3</a>
 * @see <a href="https://github.com/openssh/openssh-portable/blob/master/PROTOCOL">What OpenSSH added to it</a>
 */
final class SftpChannel implements AutoCloseable {
    static final String HARD_LINK = "hardlink@openssh.com";
    static final String REPLACING_RENAME = "posix-rename@openssh.com";
    static final String FLUSH = "fsync@openssh.com";
    static final String FILE_SYSTEM = "statvfs@openssh.com";

    /** What every server takes in one request. */
    static final int PIECE_BYTES = 32 << 10;
    /** How many bytes may be on their way to or from the server. */
    static final int WINDOW_BYTES = 4 << 20;

    /** A server that is there answers within this, even while its disks are busy; one that is not is noticed before. */
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(3);

    private static final int VERSION = 3;
    private static final int FOLDER_MODE = 0700;
    private static final int FILE_MODE = 0600;
    private static final int HAS_MODE = SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS;

    private final FullAccessSftpClient client;

    private SftpChannel(FullAccessSftpClient client) {
        this.client = client;
    }

    static SftpChannel open(ClientSession session) throws IOException {
        AbstractSftpClient.SFTP_CLIENT_CMD_TIMEOUT.set(session, ANSWER_LIMIT);
        return new SftpChannel((FullAccessSftpClient) SftpClientFactory.instance()
                .createSftpClient(session, SftpVersionSelector.fixedVersionSelector(VERSION)));
    }

    /** An open file of the server. */
    record FileHandle(byte[] id) {}

    /**
     * What a file system of the server says of itself.
     *
     * @param freeBytes that this user may still take
     * @param freeFiles how many more files there can be
     */
    record FileSystem(long freeBytes, long freeFiles, boolean readOnly) {}

    boolean isOpen() {
        return client.isOpen();
    }

    boolean knows(String extension) {
        return client.getServerExtensions().containsKey(extension);
    }

    // ------------------------------------------------------------- files

    /** Makes a file that must not be there, with mode 600. */
    FileHandle create(String path) throws IOException {
        return open(path, SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_EXCL);
    }

    /** Opens a file that is there, to write more. */
    FileHandle append(String path) throws IOException {
        return open(path, SftpConstants.SSH_FXF_WRITE);
    }

    FileHandle read(String path) throws IOException {
        return open(path, SftpConstants.SSH_FXF_READ);
    }

    private FileHandle open(String path, int flags) throws IOException {
        SftpResponse answer = ask(SftpConstants.SSH_FXP_OPEN, buffer -> {
            put(buffer, path);
            buffer.putUInt(flags);
            putMode(buffer, FILE_MODE);
        });
        if (answer.getType() != SftpConstants.SSH_FXP_HANDLE) {
            throw refusal(answer);
        }
        return new FileHandle(answer.getBuffer().getBytes());
    }

    void close(FileHandle file) throws IOException {
        succeed(ask(SftpConstants.SSH_FXP_CLOSE, buffer -> buffer.putBytes(file.id())));
    }

    long size(FileHandle file) throws IOException {
        SftpResponse answer = ask(SftpConstants.SSH_FXP_FSTAT, buffer -> buffer.putBytes(file.id()));
        if (answer.getType() != SftpConstants.SSH_FXP_ATTRS) {
            throw refusal(answer);
        }
        Buffer attributes = answer.getBuffer();
        if ((attributes.getInt() & SftpConstants.SSH_FILEXFER_ATTR_SIZE) == 0) {
            throw new IOException("the server does not tell how long a file is");
        }
        return attributes.getLong();
    }

    /** Sends bytes without waiting; they are in the file only after {@link #written} has returned for the number given. */
    int write(FileHandle file, long offset, byte[] bytes, int from, int length) throws IOException {
        return send(SftpConstants.SSH_FXP_WRITE, buffer -> {
            buffer.putBytes(file.id());
            buffer.putLong(offset);
            buffer.putBytes(bytes, from, length);
        });
    }

    void written(int request) throws IOException {
        succeed(receive(SftpConstants.SSH_FXP_WRITE, request));
    }

    /** Asks for bytes without waiting; {@link #piece} has the answer. */
    int ask(FileHandle file, long offset, int length) throws IOException {
        return send(SftpConstants.SSH_FXP_READ, buffer -> {
            buffer.putBytes(file.id());
            buffer.putLong(offset);
            buffer.putUInt(length);
        });
    }

    /** At least one byte, perhaps fewer than were asked for; empty behind the end of the file. */
    Optional<byte[]> piece(int request) throws IOException {
        SftpResponse answer = receive(SftpConstants.SSH_FXP_READ, request);
        if (answer.getType() == SftpConstants.SSH_FXP_DATA) {
            return Optional.of(answer.getBuffer().getBytes()).filter(bytes -> bytes.length > 0);
        }
        SftpException refusal = refusal(answer);
        if (refusal.getStatus() == SftpConstants.SSH_FX_EOF) {
            return Optional.empty();
        }
        throw refusal;
    }

    /** Has the server's disk take what was written; does nothing where the server cannot be told. */
    void flush(FileHandle file) throws IOException {
        if (knows(FLUSH)) {
            succeed(extended(FLUSH, buffer -> buffer.putBytes(file.id())));
        }
    }

    // ------------------------------------------------------------- names

    /** Gives a file a second name, which must be free. */
    void link(String path, String second) throws IOException {
        succeed(extended(HARD_LINK, buffer -> {
            put(buffer, path);
            put(buffer, second);
        }));
    }

    /** Gives a file another name; whatever had that is gone. */
    void replace(String path, String name) throws IOException {
        succeed(extended(REPLACING_RENAME, buffer -> {
            put(buffer, path);
            put(buffer, name);
        }));
    }

    /** Gives a file another name, which must be free. */
    void rename(String path, String name) throws IOException {
        client.rename(path, name);
    }

    void remove(String path) throws IOException {
        client.remove(path);
    }

    void makeFolder(String path) throws IOException {
        succeed(ask(SftpConstants.SSH_FXP_MKDIR, buffer -> {
            put(buffer, path);
            putMode(buffer, FOLDER_MODE);
        }));
    }

    void removeFolder(String path) throws IOException {
        client.rmdir(path);
    }

    /** Makes a link; {@code target} stays as it is written. */
    void pointAt(String target, String path) throws IOException {
        // the order in which OpenSSH takes the two, which is not that of the draft
        succeed(ask(SftpConstants.SSH_FXP_SYMLINK, buffer -> {
            put(buffer, target);
            put(buffer, path);
        }));
    }

    /** What has a name, links not followed. */
    Attributes look(String path) throws IOException {
        return client.lstat(path);
    }

    /** What a name leads to. */
    Attributes follow(String path) throws IOException {
        return client.stat(path);
    }

    void mode(String path, int mode) throws IOException {
        client.setStat(path, new Attributes().perms(mode));
    }

    /** Everything in a folder. */
    List<DirEntry> entries(String folder) throws IOException {
        List<DirEntry> entries = new ArrayList<>();
        try (CloseableHandle handle = client.openDir(folder)) {
            for (List<DirEntry> some = client.readDir(handle); some != null; some = client.readDir(handle)) {
                for (DirEntry entry : some) {
                    if (!entry.getFilename().equals(".") && !entry.getFilename().equals("..")) {
                        entries.add(entry);
                    }
                }
            }
        }
        return entries;
    }

    /** The file system that a path is on; empty where the server does not tell. */
    Optional<FileSystem> fileSystem(String path) throws IOException {
        if (!knows(FILE_SYSTEM)) {
            return Optional.empty();
        }
        SftpResponse answer = extended(FILE_SYSTEM, buffer -> put(buffer, path));
        if (answer.getType() != SftpConstants.SSH_FXP_EXTENDED_REPLY) {
            throw refusal(answer);
        }
        Buffer told = answer.getBuffer();
        long[] numbers = new long[11];
        Arrays.setAll(numbers, i -> told.getLong());
        // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_fsid, f_flag, f_namemax
        boolean counted = numbers[5] > 0;
        return Optional.of(
                new FileSystem(numbers[4] * numbers[1], counted ? numbers[7] : Long.MAX_VALUE, (numbers[9] & 1) != 0));
    }

    // ------------------------------------------------------------- requests

    private SftpResponse extended(String name, Consumer<Buffer> arguments) throws IOException {
        return ask(SftpConstants.SSH_FXP_EXTENDED, buffer -> {
            put(buffer, name);
            arguments.accept(buffer);
        });
    }

    private SftpResponse ask(int command, Consumer<Buffer> arguments) throws IOException {
        return receive(command, send(command, arguments));
    }

    private int send(int command, Consumer<Buffer> arguments) throws IOException {
        Buffer buffer = new ByteArrayBuffer();
        arguments.accept(buffer);
        return client.send(command, buffer);
    }

    private SftpResponse receive(int command, int request) throws IOException {
        Buffer answer = client.receive(request, ANSWER_LIMIT);
        if (answer == null) {
            throw new SocketTimeoutException("no answer within " + ANSWER_LIMIT.toMinutes() + " minutes");
        }
        return SftpResponse.parse(command, answer);
    }

    /** Hears an answer that nobody needs any more, so that nothing keeps it. */
    void forget(int request) {
        try {
            if (isOpen()) {
                client.receive(request, ANSWER_LIMIT);
            }
        } catch (IOException e) {
            return; // the failure before this one is told
        }
    }

    private static void succeed(SftpResponse answer) throws IOException {
        SftpStatus status = status(answer);
        if (!status.isOk()) {
            throw new SftpException(status.getStatusCode(), status.getMessage());
        }
    }

    private static SftpException refusal(SftpResponse answer) throws IOException {
        SftpStatus status = status(answer);
        return new SftpException(status.getStatusCode(), status.getMessage());
    }

    private static SftpStatus status(SftpResponse answer) throws IOException {
        if (answer.getType() != SftpConstants.SSH_FXP_STATUS) {
            throw new IOException("the server answers with something else than was asked for");
        }
        return SftpStatus.parse(answer);
    }

    private static void put(Buffer buffer, String text) {
        buffer.putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void putMode(Buffer buffer, int mode) {
        buffer.putUInt(HAS_MODE);
        buffer.putUInt(mode);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
