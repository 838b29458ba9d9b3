package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileHandle;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes on their way into a file, several requests at once. What the server has not confirmed is kept, {@link
 * SftpChannel#WINDOW_BYTES} at most, so that it can be sent again through another channel. For one thread.
 */
final class Upload {
    private static final int PIECES = SftpChannel.WINDOW_BYTES / SftpChannel.PIECE_BYTES;

    private final Deque<Piece> unsent = new ArrayDeque<>();
    private final Deque<Sent> sent = new ArrayDeque<>();
    private byte[] filling = new byte[SftpChannel.PIECE_BYTES];
    private int filled;
    private long taken;
    private long confirmed;

    private record Piece(long offset, byte[] bytes, int length) {}

    private record Sent(Piece piece, int request) {}

    /** Takes over some of the bytes, at least one; {@link #advance} has to follow. */
    int take(byte[] bytes, int offset, int length) {
        int some = Math.min(length, filling.length - filled);
        System.arraycopy(bytes, offset, filling, filled, some);
        filled += some;
        taken += some;
        if (filled == filling.length) {
            seal();
        }
        return some;
    }

    private void seal() {
        unsent.add(new Piece(taken - filled, filling, filled));
        filling = new byte[SftpChannel.PIECE_BYTES];
        filled = 0;
    }

    /** Sends what is ready to be sent, and waits as long as too much is under way. */
    void advance(SftpChannel channel, FileHandle file) throws IOException {
        while (!unsent.isEmpty()) {
            while (sent.size() >= PIECES) {
                confirm(channel);
            }
            Piece piece = unsent.element();
            int request = channel.write(file, piece.offset(), piece.bytes(), 0, piece.length());
            unsent.remove();
            sent.add(new Sent(piece, request));
        }
    }

    /** Sends everything, and waits until the server has it all. */
    void finish(SftpChannel channel, FileHandle file) throws IOException {
        if (filled > 0) {
            seal();
        }
        advance(channel, file);
        while (!sent.isEmpty()) {
            confirm(channel);
        }
    }

    private void confirm(SftpChannel channel) throws IOException {
        Sent oldest = sent.element();
        channel.written(oldest.request());
        sent.remove();
        confirmed = oldest.piece().offset() + oldest.piece().length();
    }

    /** Whatever was not confirmed is to be sent again. */
    void restart() {
        while (!sent.isEmpty()) {
            unsent.addFirst(sent.removeLast().piece());
        }
    }

    /** Hears the answers that are still to come, so that nothing keeps them. */
    void abandon(SftpChannel channel) {
        sent.forEach(one -> channel.forget(one.request()));
        sent.clear();
    }

    /** How many bytes the server has for sure. */
    long confirmed() {
        return confirmed;
    }

    /** How many bytes there are. */
    long taken() {
        return taken;
    }
}
