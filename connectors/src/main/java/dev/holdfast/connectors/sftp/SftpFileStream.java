package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileHandle;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * A file of a place, read from its first byte to its last, a block at a time. When the connection is cut, it is made anew, and the
 * reading goes on where it was, if the file has its length and its time still. For one thread.
 */
final class SftpFileStream extends InputStream {
    private static final int BLOCK_BYTES = 1 << 20;

    private final SftpPlace place;
    private final String path;
    private final long length;
    private final FileTime modified;
    private @Nullable Line line;
    private byte[] block = new byte[0];
    private int at;
    private long fetched;

    /**
     * @param found what the name leads to
     */
    SftpFileStream(SftpPlace place, SftpChannel channel, String path, Attributes found) throws IOException {
        this.place = place;
        this.path = path;
        this.modified = found.getModifyTime();
        Line opened = new Line(channel, channel.read(path));
        this.length = channel.size(opened.file());
        this.line = opened;
    }

    /** The channel that the file is open in. */
    private record Line(SftpChannel channel, FileHandle file) {}

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) {
        Objects.checkFromIndexSize(offset, wanted, bytes.length);
        if (wanted == 0) {
            return 0;
        }
        if (at == block.length && !fetch()) {
            return -1;
        }
        int some = Math.min(wanted, block.length - at);
        System.arraycopy(block, at, bytes, offset, some);
        at += some;
        return some;
    }

    private boolean fetch() {
        if (fetched == length) {
            return false;
        }
        byte[] next = new byte[(int) Math.min(BLOCK_BYTES, length - fetched)];
        steadily(next);
        block = next;
        at = 0;
        fetched += next.length;
        return true;
    }

    private void steadily(byte[] next) {
        for (int failures = 1; ; failures++) {
            try {
                fill(next);
                return;
            } catch (Unavailable e) {
                place.pause(failures, e);
            }
        }
    }

    private void fill(byte[] next) {
        Line open = line;
        Line from = open == null ? reopened() : open;
        try {
            if (new Download(from.channel(), from.file()).read(fetched, next) < next.length) {
                throw changed(null);
            }
        } catch (SftpException e) {
            throw failure(from.channel(), e);
        } catch (IOException e) {
            line = null;
            throw failure(from.channel(), e);
        }
    }

    private Line reopened() {
        SftpChannel channel = place.server().channel();
        try {
            Attributes found = channel.follow(path);
            Line opened = new Line(channel, channel.read(path));
            line = opened;
            if (!modified.equals(found.getModifyTime()) || channel.size(opened.file()) != length) {
                throw changed(null);
            }
            return opened;
        } catch (IOException e) {
            throw SftpFailures.isNothing(e) ? changed(e) : failure(channel, e);
        }
    }

    private HoldfastException failure(SftpChannel channel, IOException e) {
        return place.server().failure("cannot read '" + path + "'", 0, channel, e);
    }

    private Failed changed(@Nullable Throwable cause) {
        return new Failed(
                ErrorCode.STORE_OBJECT_MISSING,
                "'" + path + "' at " + place.location() + " was changed or removed while it was read",
                "read it again.",
                cause);
    }

    @Override
    public void close() {
        Line open = line;
        line = null;
        try {
            if (open != null && open.channel().isOpen()) {
                open.channel().close(open.file());
            }
        } catch (IOException e) {
            return; // everything that was asked for was read
        }
    }
}
