package dev.holdfast.cli;

import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Finding;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * Where a report is written for people.
 *
 * @param out the stream
 * @param colour whether it understands colours
 * @param zone for times
 */
record Page(PrintStream out, boolean colour, ZoneId zone) {
    private static final String BOLD = "1";
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String YELLOW = "33";

    Page line(String text) {
        out.println(Format.clean(text));
        return this;
    }

    Page blank() {
        out.println();
        return this;
    }

    Page heading(String text) {
        out.println(paint(BOLD, Format.clean(text)));
        return this;
    }

    Page good(String text) {
        out.println(paint(GREEN, Format.clean(text)));
        return this;
    }

    Page bad(String text) {
        out.println(paint(RED, Format.clean(text)));
        return this;
    }

    Page warn(String text) {
        out.println(paint(YELLOW, Format.clean(text)));
        return this;
    }

    Page table(Table table) {
        List<String> lines = table.lines();
        out.println(paint(BOLD, lines.getFirst()));
        lines.subList(1, lines.size()).forEach(out::println);
        return this;
    }

    /** How each destination stands. */
    Page destinations(List<DestinationState> destinations) {
        for (DestinationState state : destinations) {
            if (state.level()) {
                line("Destination '" + state.name() + "' is complete: " + state.location());
            } else {
                warn("Destination '" + state.name() + "' is BEHIND: " + state.location() + ": " + state.reason());
            }
        }
        return this;
    }

    Page findings(List<Finding> findings) {
        findings.forEach(finding -> warn("Finding: " + finding.subject() + ": " + finding.message()));
        return this;
    }

    String time(Instant instant) {
        return Format.time(instant, zone);
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
