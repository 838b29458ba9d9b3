package dev.holdfast.connectors.postgres.wire;

import static dev.holdfast.connectors.postgres.wire.FakeServer.WELCOME;
import static dev.holdfast.connectors.postgres.wire.FakeServer.error;
import static dev.holdfast.connectors.postgres.wire.FakeServer.header;
import static dev.holdfast.connectors.postgres.wire.FakeServer.int16;
import static dev.holdfast.connectors.postgres.wire.FakeServer.int32;
import static dev.holdfast.connectors.postgres.wire.FakeServer.message;
import static dev.holdfast.connectors.postgres.wire.FakeServer.text;
import static dev.holdfast.connectors.postgres.wire.FakeServer.zeroEnded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are silent, broken, old, or not what they seem. */
@Timeout(120)
class WireHostileServerTest {
    private static final byte[] COMPLETE = message('C', zeroEnded("SELECT 1"));
    private static final byte[] READY = message('Z', text("I"));
    private static final byte[] COPY_OUT = message('H', new byte[1], int16(1), int16(0));
    private static final byte[] COPY_IN = message('G', new byte[1], int16(1), int16(0));

    private static WireException failed(WireSettings.Builder settings, Reason reason) {
        WireException failure = catchThrowableOfType(
                WireException.class, () -> WireConnection.open(settings.build()).close());
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        return failure;
    }

    private static WireException failedAfter(Reason reason, byte[]... said) throws IOException {
        try (FakeServer server = FakeServer.saying(said)) {
            return failed(server.settings(), reason);
        }
    }

    /** A server that lets us in and answers the first statement with this. */
    private static FakeServer answering(byte[]... said) throws IOException {
        return new FakeServer((in, out) -> {
            FakeServer.readFirst(in);
            out.write(WELCOME);
            FakeServer.skip(in);
            out.write(FakeServer.join(said));
        });
    }

    private static WireException queryFailed(byte[]... said) throws Exception {
        try (FakeServer server = answering(said);
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            WireException failure = catchThrowableOfType(WireException.class, () -> connection.query("SELECT 1"));
            assertThat(connection.isOpen()).isFalse();
            return failure;
        }
    }

    private static WireException copyFailed(byte[]... said) throws Exception {
        try (FakeServer server = answering(said);
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            WireException failure =
                    catchThrowableOfType(WireException.class, () -> connection.copyOut("COPY t TO STDOUT", new Rows()));
            assertThat(connection.isOpen()).isFalse();
            return failure;
        }
    }

    @Test
    void methods_that_are_not_supported_are_named() throws Exception {
        assertThat(failedAfter(Reason.AUTHENTICATION, message('R', int32(7)))).hasMessageContaining("GSSAPI");
        assertThat(failedAfter(Reason.AUTHENTICATION, message('R', int32(9)))).hasMessageContaining("SSPI");
        assertThat(failedAfter(Reason.AUTHENTICATION, message('R', int32(2)))).hasMessageContaining("Kerberos");
        assertThat(failedAfter(Reason.AUTHENTICATION, message('R', int32(77)))).hasMessageContaining("number 77");
        assertThat(failedAfter(Reason.AUTHENTICATION, message('R', int32(10), zeroEnded("OAUTHBEARER"), zeroEnded(""))))
                .hasMessageContaining("OAUTHBEARER");
    }

    @Test
    void errors_before_the_session_begins_are_the_servers() throws Exception {
        for (byte[] said : List.of(
                error("FATAL", "57P03", "the database system is starting up"),
                FakeServer.join(message('R', int32(0)), error("FATAL", "53300", "sorry, too many clients already")))) {
            try (FakeServer server = FakeServer.saying(said)) {
                ServerError error = catchThrowableOfType(
                        ServerError.class,
                        () -> WireConnection.open(server.settings().build()));
                assertThat(error.sqlState()).isIn("57P03", "53300");
                assertThat(error.isFatal()).isTrue();
            }
        }
    }

    @Test
    void an_error_without_a_length_is_read_to_its_end() throws Exception {
        try (FakeServer server = FakeServer.saying(text("Ecould not fork new process for connection: no memory\n"))) {
            ServerError error = catchThrowableOfType(
                    ServerError.class,
                    () -> WireConnection.open(server.settings().build()));
            assertThat(error).hasMessage("could not fork new process for connection: no memory");
            assertThat(error.isFatal()).isTrue();
            assertThat(error.sqlState()).isEmpty();
        }
    }

    @Test
    void another_version_of_the_protocol_is_not_negotiated() throws Exception {
        assertThat(failedAfter(Reason.PROTOCOL, message('v', int32(3 << 16), int32(1), zeroEnded("_pq_.compression"))))
                .hasMessageContaining("_pq_.compression");
    }

    @Test
    void something_else_at_the_port_is_not_taken_for_a_server() throws Exception {
        failedAfter(Reason.PROTOCOL, text("SSH-2.0-OpenSSH_9.2\r\n"));
        failedAfter(Reason.PROTOCOL, text("HTTP/1.1 400 Bad Request\r\n\r\n"));
        failedAfter(Reason.LOST);
        try (FakeServer server = FakeServer.saying(text("SSH-2.0-OpenSSH_9.2\r\n"))) {
            failed(server.settings().tls(TlsMode.REQUIRE), Reason.TLS);
        }
    }

    @Test
    void lengths_that_cannot_be_are_refused_before_memory_is_taken_for_them() throws Exception {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 3, Integer.MAX_VALUE, 200_000_000}) {
            assertThat(queryFailed(header('D', length)).reason()).isEqualTo(Reason.PROTOCOL);
            assertThat(queryFailed(header('C', length)).reason()).isEqualTo(Reason.PROTOCOL);
        }
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 3, 4}) {
            assertThat(copyFailed(COPY_OUT, header('d', length)).reason()).isEqualTo(Reason.PROTOCOL);
        }
        assertThat(queryFailed(header('D', 60_000_000), new byte[1000]).reason())
                .isEqualTo(Reason.LOST);
    }

    @Test
    void fields_that_do_not_fit_their_message_are_refused() throws Exception {
        byte[] oneColumn =
                message('T', int16(1), zeroEnded("a"), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0));
        byte[] row = message('D', int16(1), int32(1), text("x"));
        for (byte[][] said : List.of(
                new byte[][] {row, COMPLETE, READY},
                new byte[][] {oneColumn, message('D', int16(2), int32(1), text("x")), COMPLETE, READY},
                new byte[][] {oneColumn, message('D', int16(1), int32(2), text("x")), COMPLETE, READY},
                new byte[][] {oneColumn, message('D', int16(1), int32(1), text("xy")), COMPLETE, READY},
                new byte[][] {oneColumn, message('D', int16(1), int32(-2)), COMPLETE, READY},
                new byte[][] {oneColumn, message('D', int16(1), int32(1), new byte[] {-1}), COMPLETE, READY},
                new byte[][] {oneColumn, row, message('C', text("SELECT 1")), READY},
                new byte[][] {oneColumn, row, READY},
                new byte[][] {oneColumn, row, COMPLETE, message('Z', text("X"))},
                new byte[][] {oneColumn, row, COMPLETE, message('Z', text("II"))},
                new byte[][] {message('E', text("Mx\0")), READY},
                new byte[][] {message('N', text("Mx")), COMPLETE, READY},
                new byte[][] {message('t', int16(0)), READY})) {
            assertThat(queryFailed(said).reason()).isEqualTo(Reason.PROTOCOL);
        }
    }

    @Test
    void a_copy_that_does_not_end_as_it_should_has_not_succeeded() throws Exception {
        byte[] row = message('d', text("1\n"));
        byte[] done = message('c');
        byte[] copied = message('C', zeroEnded("COPY 1"));
        for (byte[][] said : List.of(
                new byte[][] {COPY_OUT, row, copied, READY},
                new byte[][] {COPY_OUT, row, copied, done, READY},
                new byte[][] {COPY_OUT, row, done, READY},
                new byte[][] {COPY_OUT, row, done, COMPLETE, READY},
                new byte[][] {COPY_OUT, row, done, message('C', zeroEnded("COPY")), READY},
                new byte[][] {COPY_OUT, row, done, row, copied, READY},
                new byte[][] {COPY_OUT, row, READY},
                new byte[][] {COPY_OUT, message('d', text("1")), done, copied, READY},
                new byte[][] {COPY_OUT, message('D', text("1\n")), done, copied, READY})) {
            assertThat(copyFailed(said).reason()).isEqualTo(Reason.PROTOCOL);
        }
        for (byte[][] said : List.of(
                new byte[][] {COPY_OUT, row},
                new byte[][] {COPY_OUT, row, done},
                new byte[][] {COPY_OUT, row, done, copied},
                new byte[][] {COPY_OUT, header('d', 5_000_000), new byte[1_000_000]})) {
            assertThat(copyFailed(said).reason()).isEqualTo(Reason.LOST);
        }
    }

    @Test
    void a_refusal_before_the_connection_broke_tells_more_than_how_it_broke() throws Exception {
        try (FakeServer server = answering(error("ERROR", "53200", "out of memory"));
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            ServerError error = catchThrowableOfType(ServerError.class, () -> connection.query("SELECT 1"));
            assertThat(error.sqlState()).isEqualTo("53200");
            assertThat(error.getSuppressed()).hasSize(1);
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void what_was_said_out_of_turn_is_no_answer_to_the_next_statement() throws Exception {
        try (FakeServer server = new FakeServer((in, out) -> {
                    FakeServer.readFirst(in);
                    out.write(FakeServer.join(WELCOME, COMPLETE, READY));
                    FakeServer.skip(in);
                });
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            assertThat(catchThrowableOfType(WireException.class, () -> connection.query("SELECT 1"))
                            .reason())
                    .isEqualTo(Reason.PROTOCOL);
        }
    }

    @Test
    void a_copy_the_server_ends_on_its_own_has_not_succeeded() throws Exception {
        byte[] copied = message('C', zeroEnded("COPY 0"));
        try (FakeServer server = answering(COPY_IN, copied, READY);
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            CopyIn copy = connection.copyIn("COPY t FROM STDIN");
            assertThat(catchThrowableOfType(WireException.class, () -> {
                                copy.write(new byte[1_000_000], 0, 1_000_000);
                                copy.finish();
                            })
                            .reason())
                    .isIn(Reason.PROTOCOL, Reason.LOST);
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void a_server_that_falls_silent_is_given_up() throws Exception {
        List<FakeServer.Script> silences = List.of(
                (in, out) -> {},
                (in, out) -> out.write(COPY_OUT, 0, 3),
                (in, out) -> out.write(FakeServer.join(COPY_OUT, header('d', 1000), new byte[100])),
                (in, out) -> out.write(FakeServer.join(COPY_OUT, header('d', 1_000_000), new byte[100])));
        for (FakeServer.Script silence : silences) {
            try (FakeServer server = silentAfter(silence);
                    WireConnection connection =
                            WireConnection.open(server.settings().build())) {
                connection.stallTimeout(Duration.ofMillis(50));
                assertThat(catchThrowableOfType(
                                WireException.class, () -> connection.copyOut("COPY t TO STDOUT", new Rows())))
                        .hasMessage("the server did nothing for 50 ms")
                        .extracting(WireException::reason)
                        .isEqualTo(Reason.SILENT);
                assertThat(connection.isOpen()).isFalse();
            }
        }
    }

    @Test
    void a_server_that_takes_no_more_rows_is_given_up() throws Exception {
        try (FakeServer server = silentAfter((in, out) -> out.write(COPY_IN));
                WireConnection connection =
                        WireConnection.open(server.settings().build());
                CopyIn copy = connection.copyIn("COPY t FROM STDIN")) {
            connection.stallTimeout(Duration.ofMillis(50));
            assertThat(catchThrowableOfType(WireException.class, () -> {
                                while (true) {
                                    copy.write(new byte[1_000_000], 0, 1_000_000);
                                }
                            })
                            .reason())
                    .isEqualTo(Reason.SILENT);
        }
    }

    private static FakeServer silentAfter(FakeServer.Script script) throws IOException {
        return new FakeServer((in, out) -> {
            FakeServer.readFirst(in);
            out.write(WELCOME);
            FakeServer.skip(in);
            script.run(in, out);
            FakeServer.sleepForEver();
        });
    }

    @Test
    void a_server_that_does_not_answer_a_new_connection_is_given_up() throws Exception {
        try (FakeServer server = new FakeServer((in, out) -> FakeServer.sleepForEver())) {
            for (TlsMode mode : List.of(TlsMode.DISABLE, TlsMode.PREFER, TlsMode.VERIFY_FULL)) {
                assertThat(failed(
                                server.settings().tls(mode).connectTimeout(Duration.ofMillis(50)), Reason.UNREACHABLE))
                        .hasMessage("no answer within 50 ms");
            }
        }
    }

    @Test
    void nothing_is_taken_from_before_TLS_began() throws Exception {
        try (FakeServer server = FakeServer.saying(text("S"), WELCOME)) {
            assertThat(failed(server.settings().tls(TlsMode.REQUIRE), Reason.TLS))
                    .hasMessageContaining("unprotected data");
        }
        try (FakeServer server = FakeServer.saying(error("FATAL", "28000", "give me your password"))) {
            assertThat(failed(server.settings().tls(TlsMode.REQUIRE), Reason.TLS))
                    .hasMessageNotContaining("password");
        }
        try (FakeServer server = FakeServer.saying(text("S"))) {
            failed(server.settings().tls(TlsMode.REQUIRE), Reason.TLS);
        }
    }

    @Test
    void a_server_without_TLS_is_talked_to_only_where_that_is_allowed() throws Exception {
        FakeServer.Script noTls = (in, out) -> {
            FakeServer.readFirst(in);
            out.write('N');
            FakeServer.readFirst(in);
            out.write(WELCOME);
            FakeServer.skip(in);
        };
        try (FakeServer server = new FakeServer(noTls)) {
            WireConnection.open(server.settings().tls(TlsMode.PREFER).build()).close();
            for (TlsMode mode : List.of(TlsMode.REQUIRE, TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
                assertThat(failed(server.settings().tls(mode), Reason.TLS))
                        .hasMessage("the server does not support TLS");
            }
            assertThat(failed(
                            server.settings().tls(TlsMode.PREFER).channelBinding(ChannelBinding.REQUIRE),
                            Reason.AUTHENTICATION))
                    .hasMessageContaining("channel binding is required");
        }
    }

    @Test
    void a_password_is_never_in_a_text_of_ours() {
        WireSettings settings = WireSettings.to("shop", "maria")
                .password("geheim")
                .keyPassword("geheimer")
                .build();

        assertThat(settings.toString()).doesNotContain("geheim").contains("maria", "shop", "localhost:5432");
    }

    @Test
    void settings_that_do_not_fit_together_are_refused() {
        for (WireSettings.Builder settings : List.of(
                WireSettings.to("a", ""),
                WireSettings.to("a", "b").port(0),
                WireSettings.to("a", "b").systemRoots(true),
                WireSettings.to("a", "b").directTls(true),
                WireSettings.to("a", "b").connectTimeout(Duration.ofMillis(-1)),
                WireSettings.to("a", "b").startupParameter("client_encoding", "LATIN1"),
                WireSettings.to("a", "b").startupParameter("user", "c"))) {
            assertThatThrownBy(settings::build).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void parameters_reach_the_server() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (FakeServer server = new FakeServer((in, out) -> {
            seen.add(new String(FakeServer.readFirst(in), StandardCharsets.UTF_8));
            out.write(WELCOME);
            FakeServer.skip(in);
        })) {
            WireConnection.open(server.settings()
                            .startupParameter("application_name", "holdfast")
                            .startupParameter("replication", "database")
                            .build())
                    .close();
        }
        assertThat(seen)
                .containsExactly("\0\3\0\0user\0maria\0database\0shop\0application_name\0holdfast\0"
                        + "client_encoding\0UTF8\0replication\0database\0\0");
    }

    /** Plays the server's side of SCRAM up to a point. */
    private static FakeServer.Script scram(String serverFirst, byte[]... then) {
        return (in, out) -> {
            FakeServer.readFirst(in);
            out.write(message('R', int32(10), zeroEnded("SCRAM-SHA-256"), zeroEnded("")));
            String first = body(in);
            String nonce = first.substring(first.indexOf("r=") + 2);
            out.write(message('R', int32(11), text(serverFirst.replace("NONCE", nonce))));
            body(in);
            out.write(FakeServer.join(then));
        };
    }

    private static String body(DataInputStream in) throws IOException {
        in.readByte();
        return new String(FakeServer.readFirst(in), StandardCharsets.UTF_8);
    }

    private static WireException impostor(FakeServer.Script script) throws IOException {
        try (FakeServer server = new FakeServer(script)) {
            return failed(server.settings(), Reason.AUTHENTICATION);
        }
    }

    @Test
    void a_server_that_does_not_know_the_password_is_not_let_in() throws Exception {
        String salt = ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

        assertThat(impostor(scram("r=NONCEx" + salt, message('R', int32(12), text("v=AAAA")), WELCOME)))
                .hasMessageContaining("could not prove");
        assertThat(impostor(scram("r=NONCEx" + salt, WELCOME))).hasMessageContaining("without a proof");
        assertThat(impostor(scram("r=NONCE" + salt))).hasMessageContaining("another client");
        assertThat(impostor(scram("r=fresh" + salt))).hasMessageContaining("another client");
        assertThat(impostor(scram("r=NONCEx,s=AAAA,i=99999999"))).hasMessageContaining("iterations");
        for (String malformed : List.of("", "r=NONCEx", "r=NONCEx,s=!,i=1", "r=NONCEx,s=AAAA,i=0", "e=other-error")) {
            assertThat(impostor(scram(malformed))).hasMessageContaining("malformed");
        }
    }

    @Test
    void scram_out_of_order_is_refused() throws Exception {
        failedAfter(Reason.PROTOCOL, message('R', int32(11), text("r=x,s=AAAA,i=1")));
        failedAfter(Reason.PROTOCOL, message('R', int32(12), text("v=AAAA")));
        assertThat(failedAfter(
                        Reason.AUTHENTICATION,
                        message(
                                'R',
                                int32(10),
                                zeroEnded("SCRAM-SHA-256-PLUS"),
                                zeroEnded("SCRAM-SHA-256"),
                                text("\0"))))
                .hasMessageContaining("without TLS");
    }

    @Test
    void a_server_without_a_key_cannot_be_asked_to_cancel() throws Exception {
        try (FakeServer server = FakeServer.saying(WELCOME);
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            assertThatThrownBy(connection::cancel).isInstanceOf(WireException.class);
            assertThat(connection.processId()).isZero();
        }
    }

    @Test
    void a_text_with_a_zero_character_is_not_sent() throws Exception {
        try (FakeServer server = FakeServer.saying(WELCOME);
                WireConnection connection =
                        WireConnection.open(server.settings().build())) {
            assertThatThrownBy(() -> connection.query("SELECT '\0'")).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
