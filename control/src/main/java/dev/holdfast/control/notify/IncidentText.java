package dev.holdfast.control.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is said of an incident while it goes on and when it is over. */
final class IncidentText {
    private IncidentText() {}

    static Notice begins(IncidentTable.Row row) {
        return of(row, row.notice().title(), row.notice().text(), row.notice().at());
    }

    static Notice goesOn(IncidentTable.Row row, Instant now) {
        String since = "This goes on since " + Words.time(row.began()) + ", for "
                + Words.span(Duration.between(row.began(), now)) + ".";
        return of(row, "Still: " + row.notice().title(), row.notice().text() + "\n" + since, now);
    }

    static Notice over(IncidentTable.Row row, Alarm.Over over, Instant now) {
        String span = "It went on for " + Words.span(Duration.between(row.began(), now)) + ".";
        return new Notice(
                NoticeKind.RECOVERED,
                Urgency.GOOD,
                row.notice().stack(),
                "Over: " + row.notice().title(),
                capital(over.how()) + "\n" + span,
                List.of(new Detail("began", Words.time(row.began())), new Detail("over", Words.time(now))),
                Optional.of(row.note()),
                over.run(),
                now);
    }

    private static Notice of(IncidentTable.Row row, String title, String text, Instant at) {
        Notice said = row.notice();
        return new Notice(
                said.kind(),
                said.urgency(),
                said.stack(),
                title,
                text,
                said.details(),
                Optional.of(row.note()),
                said.run(),
                at);
    }

    private static String capital(String sentence) {
        return sentence.isEmpty()
                ? sentence
                : Character.toString(Character.toUpperCase(sentence.codePointAt(0)))
                        + sentence.substring(Character.charCount(sentence.codePointAt(0)));
    }
}
