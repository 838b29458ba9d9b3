package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The bytes within TLS. For one thread. */
final class TlsLayer implements Layer {
    private static final int RECORDS = 8;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Line line;
    private final SSLEngine engine;
    private final int recordBytes;
    private final int plainBytes;

    /** From the server, sealed; what lies between position and limit is still to be opened. */
    private final ByteBuffer incoming;

    /** Opened, but there was no room for it where it was asked for. */
    private final ByteBuffer opened;

    /** To the server, sealed; what lies between position and limit is still to be sent. */
    private final ByteBuffer outgoing;

    private TlsLayer(Line line, SSLEngine engine) {
        this.line = line;
        this.engine = engine;
        this.recordBytes = engine.getSession().getPacketBufferSize();
        this.plainBytes = engine.getSession().getApplicationBufferSize();
        this.incoming = ByteBuffer.allocate(RECORDS * recordBytes).flip();
        this.outgoing = ByteBuffer.allocate(RECORDS * recordBytes).flip();
        this.opened = ByteBuffer.allocate(plainBytes).flip();
    }

    /**
     * Shakes hands.
     *
     * @throws WireException if no protection comes about, with the reason {@code TLS}
     */
    static TlsLayer begin(Line line, SSLEngine engine) throws WireException {
        TlsLayer layer = new TlsLayer(line, engine);
        try {
            engine.beginHandshake();
            layer.shakeHands();
            return layer;
        } catch (SSLException e) {
            layer.end(); // tells the server why
            throw failed(e);
        } catch (WireException e) {
            throw e.reason() == Reason.LOST
                    ? new WireException(Reason.TLS, "the server ended the TLS handshake: " + e.getMessage(), e)
                    : e;
        }
    }

    private static WireException failed(SSLException e) {
        Throwable cause = e;
        while (!(cause instanceof Untrusted) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String why = cause instanceof Untrusted ? "" : "the TLS handshake failed: ";
        return new WireException(Reason.TLS, why + (why.isEmpty() ? cause : e).getMessage(), e);
    }

    X509Certificate serverCertificate() throws WireException {
        try {
            return (X509Certificate) engine.getSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new WireException(Reason.TLS, "the server showed no certificate", e);
        }
    }

    String applicationProtocol() {
        String protocol = engine.getApplicationProtocol();
        return protocol == null ? "" : protocol;
    }

    private void shakeHands() throws SSLException, WireException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> {
                    seal(NOTHING);
                    while (!flush()) {
                        line.await(SelectionKey.OP_WRITE);
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    hear(open(opened.clear()).getStatus());
                    opened.flip();
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void hear(Status status) throws SSLException, WireException {
        if (status == Status.CLOSED) {
            throw new SSLException("the server ended it");
        }
        if (status != Status.BUFFER_UNDERFLOW) {
            return;
        }
        for (int count = fill(); count <= 0; count = fill()) {
            if (count < 0) {
                throw new WireException(Reason.LOST, "the server closed the connection");
            }
            line.await(SelectionKey.OP_READ);
        }
    }

    @Override
    public int read(ByteBuffer into) throws WireException {
        if (!opened.hasRemaining()) {
            if (into.remaining() >= plainBytes) {
                return readRecords(into);
            }
            int count = readRecord();
            if (count <= 0) {
                return count;
            }
        }
        int count = Math.min(into.remaining(), opened.remaining());
        into.put(opened.slice().limit(count));
        opened.position(opened.position() + count);
        return count;
    }

    private int readRecords(ByteBuffer into) throws WireException {
        int total = 0;
        while (into.remaining() >= plainBytes) {
            int count = readRecord(into, total == 0);
            if (count <= 0) {
                return total > 0 ? total : count;
            }
            total += count;
        }
        return total;
    }

    private int readRecord() throws WireException {
        int count = readRecord(opened.clear(), true);
        opened.flip();
        return count;
    }

    /**
     * Opens the next record that has something in it.
     *
     * @param ask whether to look for more from the server
     * @return how many bytes, 0 if none is there whole, -1 at the end
     */
    private int readRecord(ByteBuffer into, boolean ask) throws WireException {
        try {
            while (true) {
                SSLEngineResult result = open(into);
                if (result.bytesProduced() > 0) {
                    return result.bytesProduced();
                }
                switch (result.getStatus()) {
                    case OK -> answer(result.getHandshakeStatus());
                    case BUFFER_UNDERFLOW -> {
                        int count = ask ? fill() : 0;
                        if (count <= 0) {
                            return count;
                        }
                    }
                    case CLOSED -> {
                        return -1;
                    }
                    case BUFFER_OVERFLOW -> throw new SSLException("a record is longer than records are");
                }
            }
        } catch (SSLException e) {
            throw new WireException(Reason.TLS, "TLS failed: " + e.getMessage(), e);
        }
    }

    /** The server may want new keys at any time. */
    private void answer(HandshakeStatus status) throws SSLException, WireException {
        if (status == HandshakeStatus.NEED_TASK) {
            engine.getDelegatedTask().run();
        } else if (status == HandshakeStatus.NEED_WRAP) {
            while (!flush()) {
                line.await(SelectionKey.OP_WRITE);
            }
            seal(NOTHING);
        }
    }

    private SSLEngineResult open(ByteBuffer into) throws SSLException {
        return engine.unwrap(incoming, into);
    }

    private int fill() throws WireException {
        incoming.compact();
        try {
            return line.read(incoming);
        } finally {
            incoming.flip();
        }
    }

    @Override
    public void write(ByteBuffer from) throws WireException {
        try {
            while (flush() && from.hasRemaining()) {
                seal(from);
            }
        } catch (SSLException e) {
            throw new WireException(Reason.TLS, "TLS failed: " + e.getMessage(), e);
        }
    }

    /** Seals as much as there is room for; everything sealed before has been sent. */
    private void seal(ByteBuffer from) throws SSLException {
        outgoing.clear();
        try {
            do {
                if (engine.wrap(from, outgoing).getStatus() == Status.CLOSED) {
                    throw new SSLException("the server ended it");
                }
            } while (from.hasRemaining() && outgoing.remaining() >= recordBytes);
        } finally {
            outgoing.flip();
        }
    }

    @Override
    public boolean flush() throws WireException {
        if (outgoing.hasRemaining()) {
            line.write(outgoing);
        }
        return !outgoing.hasRemaining();
    }

    @Override
    public ByteBuffer newBuffer(int bytes) {
        return ByteBuffer.allocate(bytes);
    }

    @Override
    public void end() {
        engine.closeOutbound();
        try {
            if (flush()) {
                outgoing.clear();
                engine.wrap(NOTHING, outgoing);
                outgoing.flip();
                flush();
            }
        } catch (SSLException | WireException e) {
            outgoing.clear().flip(); // the server is not listening
        }
    }
}
