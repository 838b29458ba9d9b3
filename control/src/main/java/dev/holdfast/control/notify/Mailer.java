package dev.holdfast.control.notify;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/** Sends mail by SMTP, a connection for each. Safe for many threads. */
final class Mailer {
    private static final Pattern LINE = Pattern.compile("(?:^|response: )([45][0-9][0-9])[ -]");

    private final Reach reach;
    private final Patience patience;
    private final InstantSource clock;

    Mailer(Reach reach, Patience patience, InstantSource clock) {
        this.reach = reach;
        this.patience = patience;
        this.clock = clock;
    }

    Answer send(NotifyConfig.Email channel, Notice notice, String delivery) {
        try {
            return patience.inTime(() -> sendNow(channel, notice, delivery), () -> {});
        } catch (OutOfReach e) {
            return new Answer.Refused(String.valueOf(e.getMessage()), Optional.empty());
        } catch (IOException e) {
            return failed(e);
        }
    }

    private Answer sendNow(NotifyConfig.Email channel, Notice notice, String delivery) throws IOException {
        for (InetAddress address : InetAddress.getAllByName(channel.host())) {
            if (!reach.allows(address)) {
                throw new OutOfReach(channel.host(), reach);
            }
        }
        try {
            Session session = Session.getInstance(settings(channel));
            MailMessage mail = MailMessage.of(session, channel, notice, delivery, clock.instant());
            return send(session, channel, mail);
        } catch (MessagingException | GeneralSecurityException e) {
            return failed(e);
        }
    }

    private static Answer send(Session session, NotifyConfig.Email channel, MailMessage mail)
            throws MessagingException {
        try (Transport transport = session.getTransport("smtp")) {
            transport.connect(
                    channel.host(),
                    channel.port(),
                    channel.login().map(Login::user).orElse(null),
                    channel.login().map(login -> login.password().text()).orElse(null));
            transport.sendMessage(mail, mail.getAllRecipients());
            return new Answer.Taken("taken by " + channel.host());
        } catch (SendFailedException e) {
            return partly(e);
        }
    }

    private Properties settings(NotifyConfig.Email channel) throws IOException, GeneralSecurityException {
        Properties settings = new Properties();
        settings.put("mail.smtp.connectiontimeout", millis(patience.connect().toMillis()));
        settings.put("mail.smtp.timeout", millis(patience.silence().toMillis()));
        settings.put("mail.smtp.writetimeout", millis(patience.silence().toMillis()));
        settings.put("mail.smtp.auth", Boolean.toString(channel.login().isPresent()));
        settings.put("mail.smtp.sendpartial", "true");
        settings.put("mail.smtp.localhost", "holdfast");
        settings.put("mail.smtp.ssl.enable", Boolean.toString(channel.security() == MailSecurity.TLS));
        settings.put("mail.smtp.starttls.enable", Boolean.toString(mayStart(channel.security())));
        settings.put("mail.smtp.starttls.required", Boolean.toString(mustStart(channel)));
        settings.put("mail.smtp.ssl.checkserveridentity", "true");
        settings.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
        if (channel.certificates().isPresent()) {
            settings.put(
                    "mail.smtp.ssl.socketFactory",
                    Authorities.read(channel.certificates().get()).getSocketFactory());
        }
        return settings;
    }

    private static boolean mayStart(MailSecurity security) {
        return security == MailSecurity.STARTTLS || security == MailSecurity.STARTTLS_IF_OFFERED;
    }

    /** A password is not sent in the clear because somebody on the way took the offer out. */
    private static boolean mustStart(NotifyConfig.Email channel) {
        return switch (channel.security()) {
            case STARTTLS -> true;
            case STARTTLS_IF_OFFERED -> channel.login().isPresent();
            case NONE, TLS -> false;
        };
    }

    private static String millis(long millis) {
        return Long.toString(millis);
    }

    /** Once somebody has got it, it is not sent again; who has not is named. */
    private static Answer partly(SendFailedException e) {
        Address[] taken = e.getValidSentAddresses();
        if (taken == null || taken.length == 0) {
            return failed(e);
        }
        String missed = Stream.of(e.getInvalidAddresses(), e.getValidUnsentAddresses())
                .filter(some -> some != null)
                .flatMap(Arrays::stream)
                .map(Address::toString)
                .collect(Collectors.joining(", "));
        return new Answer.Taken("taken, but not for " + missed + ": " + reason(e));
    }

    private static Answer failed(Exception e) {
        Optional<Integer> code = code(e);
        if (e instanceof AuthenticationFailedException && (code.isEmpty() || code.get() >= 500)) {
            return new Answer.Refused(reason(e), Optional.of("look at user and password."));
        }
        if (code.isPresent()) {
            return code.get() >= 500
                    ? new Answer.Refused(reason(e), Optional.empty())
                    : new Answer.Later(reason(e), Optional.empty());
        }
        if (e instanceof GeneralSecurityException) {
            return new Answer.Refused(reason(e), Optional.of("look at the file with certificates."));
        }
        if (TlsFault.isLasting(e)) {
            return new Answer.Refused(
                    reason(e), Optional.of("look at the mode of TLS, the port and the server's certificate."));
        }
        return isNotOffered(e)
                ? new Answer.Refused(reason(e), Optional.of("the server offers no STARTTLS; choose another mode."))
                : new Answer.Later(reason(e), Optional.empty());
    }

    private static boolean isNotOffered(Exception e) {
        return e instanceof MessagingException && String.valueOf(e.getMessage()).contains("STARTTLS is required");
    }

    /** The number that the server answered with. */
    private static Optional<Integer> code(Exception e) {
        for (Exception part : chain(e)) {
            int code = switch (part) {
                case SMTPSendFailedException failure -> failure.getReturnCode();
                case SMTPSenderFailedException failure -> failure.getReturnCode();
                case SMTPAddressFailedException failure -> failure.getReturnCode();
                default -> number(part.getMessage());
            };
            if (code >= 400 && code < 600) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    private static List<Exception> chain(Exception e) {
        List<Exception> chain = new ArrayList<>();
        Exception part = e;
        while (part != null && chain.size() < 10) {
            chain.add(part);
            part = part instanceof MessagingException mail ? mail.getNextException() : null;
        }
        return chain;
    }

    /** Angus repeats the server's line in the message where it has no field for the number. */
    private static int number(@Nullable String message) {
        Matcher line = LINE.matcher(message == null ? "" : message);
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    private static String reason(Exception e) {
        return chain(e).stream()
                .map(part -> part.getMessage() == null ? part.getClass().getSimpleName() : part.getMessage())
                .distinct()
                .collect(Collectors.joining(": "));
    }
}
