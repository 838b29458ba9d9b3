package dev.holdfast.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** A file read to the length that it had when it was opened; one that became shorter fails. For one thread. */
final class WholeFile extends InputStream {
    private final Path path;
    private final FileChannel channel;
    private final long expected;
    private long done;

    private WholeFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        expected = channel.size();
    }

    /**
     * @throws NoSuchFileException if there is no ordinary file; a link is none
     */
    static WholeFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(path.toString());
        }
        return new WholeFile(path, FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int wanted = (int) Math.min(length, expected - done);
        if (wanted == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = channel.read(ByteBuffer.wrap(bytes, offset, wanted));
        if (read < 0) {
            throw new IOException("'" + path + "' ends at " + done + " bytes instead of " + expected);
        }
        done += read;
        return read;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
