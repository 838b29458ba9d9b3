package dev.holdfast.control.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Notices to try things with. */
final class Notices {
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    static final Patience SHORT = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(4));

    private Notices() {}

    static Notice failure(String title, String text) {
        return new Notice(
                NoticeKind.FAILURE,
                Urgency.URGENT,
                Optional.of("shop"),
                title,
                text,
                List.of(new Detail("run", "01j"), new Detail("took", "3 s")),
                Optional.of(new IncidentNote("failure/shop/backup", NoticeKind.FAILURE, NOON)),
                Optional.of(new RunNote("01j", "backup", "failed", Optional.empty(), "line 1\nline 2\n")),
                NOON);
    }

    static Notice plain() {
        return failure("shop: backup failed", "the bucket does not answer");
    }

    /** As long and as full of markup as it comes. */
    static Notice huge() {
        String nasty = "<!channel> @everyone <b>&*_`[x](y)\"\\ \u0007 \uD83D\uDE80 ";
        return new Notice(
                NoticeKind.SHRANK,
                Urgency.WARNING,
                Optional.of("shop"),
                nasty.repeat(50) + "\r\nBcc: evil@example.org",
                nasty.repeat(2000),
                IntStream.range(0, 60)
                        .mapToObj(i -> new Detail(nasty.repeat(20) + i, nasty.repeat(100)))
                        .toList(),
                Optional.empty(),
                Optional.of(new RunNote("01j", "backup", "failed", Optional.of("snap"), nasty.repeat(5000))),
                NOON);
    }
}
