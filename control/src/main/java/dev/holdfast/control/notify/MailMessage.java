package dev.holdfast.control.notify;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;

/** A notice as a mail with a text and an HTML part. Nothing in a notice can become a header or a recipient. */
final class MailMessage extends MimeMessage {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();
    private static final int SUBJECT = 150;
    private static final int TEXT = 20_000;
    private static final int LOG = 20_000;

    private final String id;

    private MailMessage(Session session, String delivery) {
        super(session);
        this.id = "<" + delivery.replaceAll("[^A-Za-z0-9.-]", "") + "@holdfast>";
    }

    static MailMessage of(Session session, NotifyConfig.Email channel, Notice notice, String delivery, Instant now)
            throws MessagingException {
        MailMessage mail = new MailMessage(session, delivery);
        mail.setFrom(MailAddresses.parse(channel.from()));
        mail.setRecipients(RecipientType.TO, recipients(channel));
        mail.setSubject(OneLine.of(notice.title(), SUBJECT), UTF_8);
        mail.setSentDate(Date.from(now));
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setHeader("X-Holdfast-Event", notice.kind().label());
        mail.setContent(new MimeMultipart("alternative", part(text(notice), "plain"), part(html(notice), "html")));
        mail.saveChanges();
        return mail;
    }

    /** The same in each try of one message, so that a second copy is known as one; without this machine's name and user. */
    @Override
    protected void updateMessageID() throws MessagingException {
        setHeader("Message-ID", id);
    }

    private static InternetAddress[] recipients(NotifyConfig.Email channel) throws AddressException {
        InternetAddress[] all = new InternetAddress[channel.to().size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = MailAddresses.parse(channel.to().get(i));
        }
        return all;
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(text, UTF_8, subtype);
        return part;
    }

    private static String text(Notice notice) {
        String log = log(notice);
        return Cut.to(Body.plain(notice), TEXT) + (log.isEmpty() ? "" : "\n\nThe end of the log:\n\n" + log) + "\n";
    }

    private static String html(Notice notice) {
        StringBuilder out = new StringBuilder("<!DOCTYPE html><html><body style=\"font-family:sans-serif\">");
        out.append("<h2 style=\"color:").append(Colour.hex(notice.urgency())).append("\">");
        out.append(Html.escaped(OneLine.of(notice.title(), SUBJECT))).append("</h2>");
        out.append("<p style=\"white-space:pre-wrap\">")
                .append(Html.escaped(Cut.to(notice.text(), TEXT)))
                .append("</p>");
        out.append("<table>");
        notice.details()
                .forEach(detail -> out.append("<tr><td style=\"padding-right:1em\">")
                        .append(Html.escaped(detail.label()))
                        .append("</td><td style=\"white-space:pre-wrap\">")
                        .append(Html.escaped(detail.value()))
                        .append("</td></tr>"));
        out.append("</table>");
        String log = log(notice);
        if (!log.isEmpty()) {
            out.append("<p>The end of the log:</p><pre>")
                    .append(Html.escaped(log))
                    .append("</pre>");
        }
        return out.append("</body></html>").toString();
    }

    private static String log(Notice notice) {
        return notice.run().map(RunNote::logTail).map(log -> Cut.tail(log, LOG)).orElse("");
    }
}
