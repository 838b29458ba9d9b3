package dev.holdfast.control.notify;

import java.util.stream.Collectors;

/** The words of a notice, for channels that take text. */
final class Body {
    private Body() {}

    /** What happened, and the details line by line. */
    static String plain(Notice notice) {
        String details = notice.details().stream()
                .map(detail -> detail.label() + ": " + detail.value())
                .collect(Collectors.joining("\n"));
        return details.isEmpty() ? notice.text() : notice.text() + "\n\n" + details;
    }
}
