package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The names that a {@link Template} can have, and their values for a message. */
final class TemplateValues {
    static final List<String> NAMES = List.copyOf(of(sample()).keySet());

    private TemplateValues() {}

    static Map<String, Object> of(Notice notice) {
        Optional<RunNote> run = notice.run();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("kind", notice.kind().label());
        values.put("urgency", notice.urgency().label());
        values.put("stack", notice.stack().orElse(""));
        values.put("title", notice.title());
        values.put("text", notice.text());
        values.put("details", lines(notice.details()));
        values.put("incident", notice.incident().map(IncidentNote::name).orElse(""));
        values.put("at", notice.at().toString());
        values.put("at.seconds", notice.at().getEpochSecond());
        values.put("run.id", run.map(RunNote::id).orElse(""));
        values.put("run.kind", run.map(RunNote::kind).orElse(""));
        values.put("run.state", run.map(RunNote::state).orElse(""));
        values.put("run.snapshot", run.flatMap(RunNote::snapshot).orElse(""));
        values.put("run.log", run.map(RunNote::logTail).orElse(""));
        return values;
    }

    /** Values as nasty as they come, to try a template with. */
    static Map<String, Object> example() {
        Map<String, Object> values = new LinkedHashMap<>();
        of(sample()).forEach((name, value) -> values.put(name, value instanceof String ? "a\"b\\c\n\u0001}" : value));
        return values;
    }

    private static String lines(List<Detail> details) {
        return details.stream()
                .map(detail -> detail.label() + ": " + detail.value())
                .collect(Collectors.joining("\n"));
    }

    private static Notice sample() {
        return new Notice(
                NoticeKind.TEST,
                Urgency.GOOD,
                Optional.empty(),
                "",
                "",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Instant.EPOCH);
    }
}
