package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileHandle;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Bytes on their way from an open file, several requests at once. For one thread. */
final class Download {
    private static final int PIECES = SftpChannel.WINDOW_BYTES / SftpChannel.PIECE_BYTES;

    private final SftpChannel channel;
    private final FileHandle file;

    Download(SftpChannel channel, FileHandle file) {
        this.channel = channel;
        this.file = file;
    }

    private record Asked(int at, int length, int request) {}

    /**
     * Reads as many bytes as the array has.
     *
     * @return how many there were before the end of the file
     */
    int read(long offset, byte[] bytes) throws IOException {
        Deque<Asked> underWay = new ArrayDeque<>();
        int end = bytes.length;
        int next = 0;
        try {
            while (next < end || !underWay.isEmpty()) {
                while (next < end && underWay.size() < PIECES) {
                    int length = Math.min(SftpChannel.PIECE_BYTES, end - next);
                    underWay.add(new Asked(next, length, channel.ask(file, offset + next, length)));
                    next += length;
                }
                Asked asked = underWay.remove();
                end = Math.min(end, take(asked, offset, bytes));
            }
            return end;
        } catch (IOException e) {
            forget(underWay);
            throw e;
        }
    }

    /** Where the file ends, as far as this piece tells. */
    private int take(Asked asked, long offset, byte[] bytes) throws IOException {
        int got = 0;
        Optional<byte[]> piece = channel.piece(asked.request());
        while (piece.isPresent()) {
            if (piece.get().length > asked.length() - got) {
                throw new IOException("the server answers with more bytes than it was asked for");
            }
            System.arraycopy(piece.get(), 0, bytes, asked.at() + got, piece.get().length);
            got += piece.get().length;
            if (got == asked.length()) {
                return Integer.MAX_VALUE;
            }
            // a server may answer with fewer bytes than it was asked for
            piece = channel.piece(channel.ask(file, offset + asked.at() + got, asked.length() - got));
        }
        return asked.at() + got;
    }

    private void forget(Deque<Asked> underWay) {
        underWay.forEach(asked -> channel.forget(asked.request()));
    }
}
