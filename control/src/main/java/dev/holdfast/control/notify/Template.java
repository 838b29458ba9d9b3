package dev.holdfast.control.notify;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON document with places for values: <code>${name}</code>. A value only ever becomes text, a number or a flag where it stands;
 * it cannot add to the document. The grammar:
 *
 * <pre>
 * template = { any character | "$${" | "${" name "}" }
 * </pre>
 *
 * <code>$${</code> stands for <code>${</code> itself. Inside quotes a value is escaped for JSON; outside it is written as a whole
 * JSON value. Names are those of {@link TemplateValues}.
 */
public final class Template {
    private static final int LONGEST = 64 * 1024;

    private final String text;
    private final List<Piece> pieces;

    private Template(String text, List<Piece> pieces) {
        this.text = text;
        this.pieces = pieces;
    }

    /**
     * Reads a template.
     *
     * @throws Invalid if it names what is not there, is not closed, or does not make JSON
     */
    public static Template parse(String text) {
        if (text.length() > LONGEST) {
            throw wrong("it is longer than " + LONGEST + " characters");
        }
        Template template = new Template(text, pieces(text));
        template.mustMakeJson();
        return template;
    }

    /** The document with values in their places. */
    String fill(Map<String, Object> values) {
        StringBuilder out = new StringBuilder();
        for (Piece piece : pieces) {
            out.append(
                    switch (piece) {
                        case Piece.Fixed fixed -> fixed.text();
                        case Piece.Quoted place -> Json.inside(Json.plain(values.get(place.name())));
                        case Piece.Bare place -> Json.value(values.get(place.name()));
                    });
        }
        return out.toString();
    }

    /** The template itself. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Template template && template.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Not its text: people write tokens into it. */
    @Override
    public String toString() {
        return "Template[...]";
    }

    private static List<Piece> pieces(String text) {
        List<Piece> pieces = new ArrayList<>();
        StringBuilder fixed = new StringBuilder();
        boolean quoted = false;
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("$${", at)) {
                fixed.append("${");
                at += 3;
            } else if (text.startsWith("${", at)) {
                int end = text.indexOf('}', at);
                String name = name(text, at, end);
                pieces.add(new Piece.Fixed(fixed.toString()));
                pieces.add(quoted ? new Piece.Quoted(name) : new Piece.Bare(name));
                fixed.setLength(0);
                at = end + 1;
            } else if (quoted && text.charAt(at) == '\\' && at + 1 < text.length()) {
                fixed.append(text, at, at + 2);
                at += 2;
            } else {
                quoted ^= text.charAt(at) == '"';
                fixed.append(text.charAt(at++));
            }
        }
        pieces.add(new Piece.Fixed(fixed.toString()));
        return List.copyOf(pieces);
    }

    private static String name(String text, int begin, int end) {
        if (end < 0) {
            throw wrong("'${' at character " + (begin + 1) + " is not closed by '}'");
        }
        String name = text.substring(begin + 2, end);
        if (!TemplateValues.NAMES.contains(name)) {
            throw wrong("there is no '" + OneLine.of(name, 40) + "'");
        }
        return name;
    }

    private void mustMakeJson() {
        if (!Json.isDocument(fill(TemplateValues.example()))) {
            throw wrong("what it makes is not JSON");
        }
    }

    private static Invalid wrong(String why) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the template of a webhook cannot be used: " + why,
                "it is JSON with places such as \"${stack}\"; the names are " + String.join(", ", TemplateValues.NAMES)
                        + ".");
    }

    private sealed interface Piece {
        record Fixed(String text) implements Piece {}

        record Quoted(String name) implements Piece {}

        record Bare(String name) implements Piece {}
    }
}
