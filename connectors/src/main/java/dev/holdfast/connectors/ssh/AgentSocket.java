package dev.holdfast.connectors.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * The user's ssh agent behind its socket, which signs with keys that it does not show. It is asked, never lent to a server.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9987">The agent's protocol</a>
 */
final class AgentSocket extends AbstractAgentProxy {
    private static final int LONGEST_ANSWER = 1 << 20;

    private final SocketChannel channel;

    private AgentSocket(SocketChannel channel) {
        super(null);
        this.channel = channel;
    }

    static AgentSocket connect(Path socket) throws IOException {
        return new AgentSocket(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    static SshAgentFactory factory(Path socket) {
        return new SshAgentFactory() {
            @Override
            public SshAgent createClient(Session session, FactoryManager manager) throws IOException {
                return connect(socket);
            }

            @Override
            public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
                return List.of();
            }

            @Override
            public SshAgentServer createServer(ConnectionService service) {
                throw new UnsupportedOperationException("agents are not forwarded");
            }
        };
    }

    @Override
    protected synchronized Buffer request(Buffer question) throws IOException {
        ByteBuffer sent = ByteBuffer.wrap(question.array(), question.rpos(), question.available());
        while (sent.hasRemaining()) {
            channel.write(sent);
        }
        int length = ByteBuffer.wrap(read(Integer.BYTES)).getInt();
        if (length < 1 || length > LONGEST_ANSWER) {
            throw new IOException("the agent answers with " + length + " bytes");
        }
        return new ByteArrayBuffer(read(length));
    }

    private byte[] read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the agent hung up");
            }
        }
        return bytes.array();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        super.close();
    }
}
