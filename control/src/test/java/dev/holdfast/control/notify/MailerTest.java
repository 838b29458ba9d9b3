package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Invalid;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailerTest {
    @TempDir
    static Path folder;

    private static TestKeys keys;

    private final Mailer mailer = new Mailer(Reach.ANYWHERE, Notices.SHORT, InstantSource.fixed(Notices.NOON));
    private GreenMail server;

    @BeforeAll
    static void key() throws Exception {
        keys = TestKeys.in(folder);
        System.setProperty("greenmail.tls.keystore.file", keys.store().toString());
        System.setProperty("greenmail.tls.keystore.password", TestKeys.PASSWORD);
    }

    @BeforeEach
    void begin() {
        server = new GreenMail(new ServerSetup[] {
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS)
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop();
    }

    @Test
    void a_mail_has_a_text_and_an_html_part_for_all_recipients() throws Exception {
        Answer answer =
                send(plain(List.of("ops@example.org", "Böss <boss@example.org>"), Optional.empty()), Notices.plain());

        assertThat(answer).isEqualTo(new Answer.Taken("taken by 127.0.0.1"));
        assertThat(server.getReceivedMessages()).hasSize(2);
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("shop: backup failed");
        assertThat(mail.getRecipients(Message.RecipientType.TO)).hasSize(2);
        assertThat(mail.getHeader("From", ",")).contains("holdfast@example.org");
        assertThat(mail.getHeader("Message-ID", ",")).isEqualTo("<delivery-1@holdfast>");
        assertThat(mail.getHeader("Auto-Submitted", ",")).isEqualTo("auto-generated");
        assertThat(mail.getSentDate().toInstant()).isEqualTo(Notices.NOON);
        Multipart parts = (Multipart) mail.getContent();
        assertThat(part(parts, 0, "text/plain")).contains("the bucket does not answer", "run: 01j", "line 2");
        assertThat(part(parts, 1, "text/html")).contains("<h2", "the bucket does not answer", "<pre>line 1");
    }

    @Test
    void nothing_in_a_notice_becomes_a_header_a_recipient_or_markup() throws Exception {
        Notice notice = Notices.failure(
                "x\r\nBcc: evil@example.org\r\n\r\nbody\u2028y\u202e",
                "<script>alert(1)</script>\r\n.\r\nRCPT TO:<evil@example.org>");
        assertThat(send(plain(List.of("ops@example.org"), Optional.empty()), notice))
                .isInstanceOf(Answer.Taken.class);

        assertThat(server.getReceivedMessages()).hasSize(1);
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getSubject()).startsWith("x  Bcc: evil@example.org").doesNotContain("\n", "\u2028", "\u202e");
        assertThat(part((Multipart) mail.getContent(), 1, "text/html")).doesNotContain("<script>");
        assertThat(part((Multipart) mail.getContent(), 0, "text/plain")).contains("RCPT TO:<evil@example.org>");
    }

    @Test
    void addresses_that_could_hide_something_are_refused_when_they_are_read() {
        for (String wrong : new String[] {
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org, b@example.org",
            "",
            "nobody",
            "a b@example.org",
            "<>",
            "group: a@example.org;",
            "a@example.org\u0000"
        }) {
            assertThatThrownBy(() -> plain(List.of(wrong), Optional.empty()))
                    .as(wrong)
                    .isInstanceOf(Invalid.class);
        }
        assertThatThrownBy(() -> plain(List.of(), Optional.empty())).isInstanceOf(Invalid.class);
    }

    @Test
    void a_server_that_asks_for_a_login_gets_it_and_a_wrong_one_is_not_tried_again() {
        server.setUser("ops@example.org", "ops", "right password");
        server.getUserManager().setAuthRequired(true);

        assertThat(send(plain(List.of("ops@example.org"), login("right password")), Notices.plain()))
                .isInstanceOf(Answer.Taken.class);
        Answer refused = send(plain(List.of("ops@example.org"), login("wrong password")), Notices.plain());
        assertThat(refused).isInstanceOf(Answer.Refused.class);
        assertThat(refused.toString()).doesNotContain("wrong password");
    }

    @Test
    void tls_from_the_first_byte_reaches_a_server_whose_authority_is_trusted() {
        assertThat(send(tls(Optional.of(keys.pem())), Notices.plain())).isInstanceOf(Answer.Taken.class);
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
        Answer unknown = send(tls(Optional.empty()), Notices.plain());
        Answer other = send(tls(Optional.of(TestKeys.in(folder).pem())), Notices.plain());

        assertThat(unknown).isInstanceOf(Answer.Refused.class);
        assertThat(other).isInstanceOf(Answer.Refused.class);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws Exception {
        TestKeys other = TestKeys.in(folder, "dns:other.example.org");
        try (StartTls front = new StartTls(other.server(), server.getSmtp().getPort())) {
            Answer answer = send(
                    channel(front.port(), MailSecurity.STARTTLS, Optional.empty(), Optional.of(other.pem())),
                    Notices.plain());
            assertThat(answer).isInstanceOf(Answer.Refused.class);
        }
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void starttls_protects_the_password() throws Exception {
        server.setUser("ops@example.org", "ops", "right password");
        server.getUserManager().setAuthRequired(true);
        try (StartTls front = new StartTls(keys.server(), server.getSmtp().getPort())) {
            for (MailSecurity security : new MailSecurity[] {MailSecurity.STARTTLS, MailSecurity.STARTTLS_IF_OFFERED}) {
                Answer answer = send(
                        channel(front.port(), security, login("right password"), Optional.of(keys.pem())),
                        Notices.plain());
                assertThat(answer).as(security.name()).isInstanceOf(Answer.Taken.class);
            }
            assertThat(front.inTheClear()).allMatch(line -> line.startsWith("EHLO") || line.equals("STARTTLS"));
        }
        assertThat(server.getReceivedMessages()).hasSize(2);
    }

    @Test
    void starttls_that_is_required_and_not_offered_is_refused_without_a_word_of_the_message() {
        Answer answer = send(
                channel(server.getSmtp().getPort(), MailSecurity.STARTTLS, Optional.empty(), Optional.empty()),
                Notices.plain());

        assertThat(answer).isInstanceOf(Answer.Refused.class);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void without_starttls_a_mail_may_go_in_the_clear_but_a_password_may_not() {
        server.setUser("ops@example.org", "ops", "right password");
        int port = server.getSmtp().getPort();

        assertThat(send(
                        channel(port, MailSecurity.STARTTLS_IF_OFFERED, Optional.empty(), Optional.empty()),
                        Notices.plain()))
                .isInstanceOf(Answer.Taken.class);
        assertThat(send(
                        channel(port, MailSecurity.STARTTLS_IF_OFFERED, login("right password"), Optional.empty()),
                        Notices.plain()))
                .isInstanceOf(Answer.Refused.class);
    }

    @Test
    void a_server_that_is_silent_is_given_up_in_time() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            long begin = System.nanoTime();
            Answer answer = send(
                    channel(silent.getLocalPort(), MailSecurity.NONE, Optional.empty(), Optional.empty()),
                    Notices.plain());

            assertThat(answer).isInstanceOf(Answer.Later.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void what_the_server_says_decides_whether_it_is_tried_again() throws Exception {
        assertThat(answerOf("421 too busy")).isInstanceOf(Answer.Later.class);
        assertThat(answerOf("554 go away")).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void who_was_refused_is_named_and_the_others_do_not_get_it_twice() throws Exception {
        NotifyConfig.Email channel;
        try (Choosy choosy = new Choosy("gone@example.org")) {
            channel = new NotifyConfig.Email(
                    "mail",
                    "127.0.0.1",
                    choosy.port(),
                    MailSecurity.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    "holdfast@example.org",
                    List.of("ops@example.org", "gone@example.org"));
            Answer partly = send(channel, Notices.plain());
            assertThat(partly).isInstanceOf(Answer.Taken.class);
            assertThat(partly.said()).contains("not for gone@example.org", "550 no such user");

            NotifyConfig.Email nobody = new NotifyConfig.Email(
                    "mail",
                    "127.0.0.1",
                    choosy.port(),
                    MailSecurity.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    "holdfast@example.org",
                    List.of("gone@example.org"));
            assertThat(send(nobody, Notices.plain())).isInstanceOf(Answer.Refused.class);
        }
    }

    @Test
    void a_mail_server_at_a_forbidden_address_is_not_connected_to() {
        Mailer careful = new Mailer(Reach.PUBLIC, Notices.SHORT, InstantSource.fixed(Notices.NOON));

        assertThat(careful.send(plain(List.of("ops@example.org"), Optional.empty()), Notices.plain(), "1"))
                .isInstanceOf(Answer.Refused.class);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    /** What becomes of a mail when the server greets with a line. */
    private Answer answerOf(String greeting) throws Exception {
        try (ServerSocket rude = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket one = rude.accept()) {
                    one.getOutputStream().write((greeting + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    one.getInputStream().read();
                } catch (IOException e) {
                    // the client has gone
                }
            });
            return send(
                    channel(rude.getLocalPort(), MailSecurity.NONE, Optional.empty(), Optional.empty()),
                    Notices.plain());
        }
    }

    private Answer send(NotifyConfig.Email channel, Notice notice) {
        return mailer.send(channel, notice, "delivery-1");
    }

    private NotifyConfig.Email plain(List<String> to, Optional<Login> login) {
        return new NotifyConfig.Email(
                "mail",
                "127.0.0.1",
                server.getSmtp().getPort(),
                MailSecurity.NONE,
                login,
                Optional.empty(),
                "Holdfast <holdfast@example.org>",
                to);
    }

    private NotifyConfig.Email tls(Optional<Path> authorities) {
        return channel(server.getSmtps().getPort(), MailSecurity.TLS, Optional.empty(), authorities);
    }

    private static NotifyConfig.Email channel(
            int port, MailSecurity security, Optional<Login> login, Optional<Path> authorities) {
        return new NotifyConfig.Email(
                "mail",
                "127.0.0.1",
                port,
                security,
                login,
                authorities,
                "holdfast@example.org",
                List.of("ops@example.org"));
    }

    private static Optional<Login> login(String password) {
        return Optional.of(new Login("ops", new Secret(password)));
    }

    private static String part(Multipart parts, int number, String type) throws Exception {
        BodyPart part = parts.getBodyPart(number);
        assertThat(part.getContentType()).startsWith(type);
        return (String) part.getContent();
    }
}
