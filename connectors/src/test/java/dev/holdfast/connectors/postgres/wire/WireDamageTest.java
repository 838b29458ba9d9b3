package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A session with a real server is recorded, and played back with one byte wrong, or cut off, at each place. There is no checksum in
 * the protocol: a byte that is wrong within a value cannot be noticed here. Everything else must be.
 */
@Timeout(300)
@ExtendWith(Stand.UntilTheEnd.class)
class WireDamageTest {
    private static final String QUERY = "SELECT 'one', NULL, 'three'";
    private static final String OUT = "COPY (VALUES (1, 'a'), (2, NULL), (3, 'ccc')) TO STDOUT";
    private static final String IN = "COPY taken FROM STDIN";

    private static List<byte[]> answers;
    private static byte[] whole;
    private static Outcome expected;

    /** What a session came to, step by step; a step that failed and those after it are missing. */
    private record Outcome(List<Object> steps, Exception failure) {}

    /** What a copy out came to. */
    private record Read(long counted, long seen, String text) {}

    @BeforeAll
    static void record() throws Exception {
        answers = recorded();
        whole = FakeServer.join(answers.toArray(byte[][]::new));
        expected = played(whole);
    }

    private static Outcome session(WireSettings settings) {
        List<Object> steps = new ArrayList<>();
        try (WireConnection connection = WireConnection.open(settings)) {
            steps.add(connection.processId() != 0);
            steps.add(connection.query(QUERY));
            Rows rows = new Rows();
            long count = connection.copyOut(OUT, rows);
            steps.add(new Read(count, rows.count(), new String(rows.bytes(), StandardCharsets.ISO_8859_1)));
            try (CopyIn copy = connection.copyIn(IN)) {
                copy.write("1\n2\n".getBytes(StandardCharsets.US_ASCII), 0, 4);
                steps.add(copy.finish());
            }
            return new Outcome(steps, null);
        } catch (ServerError | WireException e) {
            return new Outcome(steps, e);
        }
    }

    /** What the real server says, in answer to each thing the client says: start-up, two statements, one more and its end. */
    private static List<byte[]> recorded() throws Exception {
        PrivatePostgres server = Stand.shared();
        server.execute("postgres", "CREATE TABLE taken (n int)");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (FakeServer proxy = new FakeServer((in, out) -> {
            try (Socket real = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                Thread.startVirtualThread(() -> pump(in, real));
                byte[] piece = new byte[8192];
                for (int n = real.getInputStream().read(piece);
                        n >= 0;
                        n = real.getInputStream().read(piece)) {
                    all.write(piece, 0, n);
                    out.write(piece, 0, n);
                }
            }
        })) {
            WireSettings settings = proxy.settings().build();
            assertThat(session(Stand.settings(server).port(settings.port()).build())
                            .failure())
                    .isNull();
        }
        return answers(all.toByteArray());
    }

    private static void pump(DataInputStream in, Socket real) {
        try {
            in.transferTo(real.getOutputStream());
            real.shutdownOutput();
        } catch (IOException e) {
            return; // the server went first
        }
    }

    /** Without the authentication, which is never the same twice; an answer ends where the client has to say something. */
    private static List<byte[]> answers(byte[] stream) {
        List<byte[]> all = new ArrayList<>();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        for (int i = 0; i < stream.length; ) {
            int length = ByteBuffer.wrap(stream, i + 1, 4).getInt();
            boolean asks = stream[i] == 'R' && ByteBuffer.wrap(stream, i + 5, 4).getInt() != 0;
            if (!asks) {
                answer.write(stream, i, 1 + length);
            }
            if (stream[i] == 'Z' || stream[i] == 'G') {
                all.add(answer.toByteArray());
                answer.reset();
            }
            i += 1 + length;
        }
        return all;
    }

    /** Answers as recorded, but with these bytes; after the answer that is not as it was, hangs up. */
    private static FakeServer.Script playing(byte[] stream) {
        return (in, out) -> {
            FakeServer.readFirst(in);
            int from = 0;
            for (byte[] answer : answers) {
                int to = Math.min(from + answer.length, stream.length);
                out.write(stream, from, Math.max(0, to - from));
                if (!Arrays.equals(stream, from, Math.max(from, to), answer, 0, answer.length)) {
                    return;
                }
                from = to;
                awaitClient(in, out);
            }
        };
    }

    private static void awaitClient(DataInputStream in, OutputStream out) throws IOException {
        char type = FakeServer.skip(in);
        if (type == 'd') {
            awaitClient(in, out);
        }
    }

    private static Outcome played(byte[] stream) throws IOException {
        try (FakeServer server = new FakeServer(playing(stream))) {
            return session(server.settings().build());
        }
    }

    @Test
    void a_session_that_is_cut_off_anywhere_fails_and_says_so() throws Exception {
        assertThat(expected.failure()).isNull();
        assertThat(expected.steps())
                .containsExactly(
                        true,
                        List.of(Arrays.asList("one", null, "three")),
                        new Read(3, 3, "1\ta\n2\t\\N\n3\tccc\n"),
                        2L);

        for (int length = 0; length < whole.length; length++) {
            Outcome outcome = played(Arrays.copyOf(whole, length));
            assertThat(outcome.failure()).as("cut at %d", length).isInstanceOf(WireException.class);
            assertThat(outcome.steps())
                    .as("cut at %d", length)
                    .isEqualTo(expected.steps().subList(0, outcome.steps().size()));
        }
    }

    @Test
    void a_wrong_byte_anywhere_fails_or_changes_a_value_and_nothing_else() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);

        for (int place = 0; place < whole.length; place++) {
            byte[] damaged = whole.clone();
            damaged[place] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255));
            List<Object> steps = played(damaged).steps();
            for (int step = 0; step < steps.size(); step++) {
                assertThat(sameShape(steps.get(step), expected.steps().get(step)))
                        .as(
                                "seed %d: byte %d is 0x%02x instead of 0x%02x, step %d came to %s",
                                seed, place, damaged[place], whole[place], step, steps.get(step))
                        .isTrue();
            }
        }
    }

    /** Whether nothing is missing and nothing is there twice; a caller compares the counts of a copy himself. */
    private static boolean sameShape(Object actual, Object expected) {
        return switch (actual) {
            case Read read ->
                read.counted() != read.seen()
                        || (read.seen() == ((Read) expected).seen()
                                && read.text().length()
                                        == ((Read) expected).text().length());
            case List<?> rows ->
                rows.size() == 1
                        && rows.getFirst() instanceof List<?> values
                        && values.size() == 3
                        && values.get(1) == null
                        && values.get(0) instanceof String one
                        && values.get(2) instanceof String three
                        && (one + three).getBytes(StandardCharsets.UTF_8).length == 8;
            default -> true;
        };
    }
}
