package dev.holdfast.control.export;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.SnapshotId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How exported files are named: a text with placeholders ({@code {database}}) and the time of the snapshot as {@code date} and
 * {@code strftime} write it ({@code %Y-%m-%d}). What a placeholder stands for is encoded so that it cannot lead elsewhere, and so that
 * two values never give one name.
 *
 * @param text as it stands in the stack file
 */
public record NameTemplate(String text) {
    private static final String EXT = "ext";
    private static final String ID = "id";
    private static final String PART = "part";
    private static final String DATABASE = "database";
    private static final String BUCKET = "bucket";
    private static final Set<String> VALUES = Set.of("stack", PART, DATABASE, BUCKET, ID, EXT);
    private static final Map<String, String> TIMES = Map.of(
            "date", "%Y-%m-%d",
            "time", "%H-%M-%S",
            "timestamp", "%Y-%m-%d_%H-%M-%S");
    private static final Map<Character, String> DIRECTIVES = Map.ofEntries(
            Map.entry('Y', "uuuu"),
            Map.entry('y', "uu"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('j', "DDD"),
            Map.entry('H', "HH"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('F', "uuuu-MM-dd"),
            Map.entry('T', "HH:mm:ss"),
            // in that country weeks are as ISO 8601 has them
            Map.entry('G', "YYYY"),
            Map.entry('V', "ww"),
            Map.entry('u', "e"));
    private static final String LATEST = "latest";

    /** What a name is made of. */
    private sealed interface Piece {
        record Literal(String text) implements Piece {}

        record Value(String name) implements Piece {}

        record Time(char directive) implements Piece {}
    }

    /**
     * What placeholders stand for.
     *
     * @param database name of the part's database; the part's own name if it is none
     * @param bucket name of the part's bucket; the part's own name if it is none
     * @param time when the snapshot was begun
     * @param extension how the name ends, without the first dot
     */
    record Values(
            String stack, String part, String database, String bucket, Instant time, SnapshotId id, String extension) {}

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if it is not understood, or no file may have such a name
     */
    public NameTemplate {
        pieces(text);
        new FileName(text);
        if (text.startsWith(Ledger.FOLDER)) {
            throw invalid(text, "'" + Ledger.FOLDER + "' is where the ledger is", "begin the name with something else");
        }
    }

    /** Whether two snapshots can never give the same name, but for the hour that is there twice in autumn. */
    public boolean tellsSnapshotsApart() {
        Set<Character> times = pieces(text).stream()
                .flatMap(piece -> piece instanceof Piece.Time(char directive)
                        ? expanded(directive).chars().mapToObj(c -> (char) c)
                        : Stream.empty())
                .collect(Collectors.toSet());
        boolean year = times.contains('Y') || times.contains('y');
        boolean day = times.contains('j') || (times.contains('m') && times.contains('d'));
        boolean second = times.containsAll(Set.of('H', 'M', 'S'));
        return has(ID) || times.contains('s') || (year && day && second);
    }

    private static String expanded(char directive) {
        return switch (directive) {
            case 'F' -> "Ymd";
            case 'T' -> "HMS";
            default -> Character.toString(directive);
        };
    }

    boolean hasPart() {
        return has(PART);
    }

    boolean hasDatabase() {
        return has(DATABASE);
    }

    boolean hasBucket() {
        return has(BUCKET);
    }

    private boolean has(String value) {
        return pieces(text).contains(new Piece.Value(value));
    }

    /** The name of a file; the extension is added where the template neither has a place for it nor ends with it. */
    FileName name(Values values, ZoneId zone) {
        return new FileName(withExtension(rendered(pieces(text), values, zone), values));
    }

    /** The name of the link to the newest file: the same with {@code latest} in place of the time. */
    FileName latest(Values values, ZoneId zone) {
        List<Piece> merged = new ArrayList<>();
        List<Piece> pieces = pieces(text);
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (!varies(piece)) {
                merged.add(piece);
                continue;
            }
            merged.add(new Piece.Literal(LATEST));
            while (i + 1 < pieces.size()
                    && (varies(pieces.get(i + 1)) || (i + 2 < pieces.size() && separates(pieces, i + 1)))) {
                i++;
            }
        }
        return new FileName(withExtension(rendered(merged, values, zone), values));
    }

    private static boolean separates(List<Piece> pieces, int at) {
        return pieces.get(at) instanceof Piece.Literal(String literal)
                && !literal.contains("/")
                && varies(pieces.get(at + 1));
    }

    private static boolean varies(Piece piece) {
        return piece instanceof Piece.Time || piece.equals(new Piece.Value(ID));
    }

    /** Whether the folder of its files is another one for every snapshot. */
    boolean hasFolderOfItsOwn() {
        int slash = text.lastIndexOf('/');
        return slash > 0 && pieces(text.substring(0, slash)).stream().anyMatch(NameTemplate::varies);
    }

    private String withExtension(String name, Values values) {
        String ending = "." + values.extension();
        if (has(EXT) || values.extension().isEmpty() || name.endsWith(ending)) {
            return name;
        }
        // shop.sql.gz of a template, and .sql.gz.gpg of the file
        int inner = ending.lastIndexOf('.');
        return inner > 0 && name.endsWith(ending.substring(0, inner)) ? name + ending.substring(inner) : name + ending;
    }

    private static String rendered(List<Piece> pieces, Values values, ZoneId zone) {
        ZonedDateTime time = values.time().atZone(zone);
        return (values.extension().isEmpty() ? withoutExtension(pieces) : pieces)
                .stream()
                        .map(piece -> switch (piece) {
                            case Piece.Literal(String literal) -> literal;
                            case Piece.Value(String name) -> value(name, values);
                            case Piece.Time(char directive) -> shown(directive, time);
                        })
                        .collect(Collectors.joining());
    }

    /** The dot before it goes too. */
    private static List<Piece> withoutExtension(List<Piece> pieces) {
        List<Piece> others = new ArrayList<>();
        for (Piece piece : pieces) {
            if (!piece.equals(new Piece.Value(EXT))) {
                others.add(piece);
            } else if (!others.isEmpty()
                    && others.getLast() instanceof Piece.Literal(String literal)
                    && literal.endsWith(".")) {
                others.removeLast();
                others.add(new Piece.Literal(literal.substring(0, literal.length() - 1)));
            }
        }
        return others;
    }

    private static String shown(char directive, ZonedDateTime time) {
        return directive == 's'
                ? Long.toString(time.toEpochSecond())
                : DateTimeFormatter.ofPattern(DIRECTIVES.getOrDefault(directive, ""), Locale.UK)
                        .format(time);
    }

    private static String value(String name, Values values) {
        return switch (name) {
            case "stack" -> encoded(values.stack());
            case PART -> encoded(values.part());
            case DATABASE -> encoded(values.database());
            case BUCKET -> encoded(values.bucket());
            case ID -> values.id().text();
            default -> values.extension();
        };
    }

    /** Percent-encoded but for letters, digits, dots within, underscores and hyphens: no two values become the same. */
    public static String encoded(String value) {
        StringBuilder text = new StringBuilder();
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            if (plain || ((c == '.' || c == '-') && !text.isEmpty())) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }

    private static List<Piece> pieces(String text) {
        List<Piece> pieces = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '{') {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw invalid(text, "'{' is not closed", "write a placeholder such as {database}");
                }
                flush(literal, pieces);
                pieces.addAll(placeholder(text, text.substring(i + 1, end)));
                i = end + 1;
            } else if (c == '%') {
                i = directive(text, i, literal, pieces);
            } else if (c == '}') {
                throw invalid(text, "'}' closes nothing", "write a placeholder such as {database}");
            } else {
                literal.append(c);
                i++;
            }
        }
        flush(literal, pieces);
        return pieces;
    }

    private static int directive(String text, int at, StringBuilder literal, List<Piece> pieces) {
        char directive = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if (directive == '%') {
            literal.append('%');
        } else if (directive == 's' || DIRECTIVES.containsKey(directive)) {
            flush(literal, pieces);
            pieces.add(new Piece.Time(directive));
        } else {
            throw invalid(
                    text,
                    "'%" + directive + "' is no part of a time",
                    "use "
                            + new TreeMap<>(DIRECTIVES)
                                    .keySet().stream().map(d -> "%" + d).collect(Collectors.joining(" "))
                            + " or %s, and %% for a percent sign");
        }
        return at + 2;
    }

    private static List<Piece> placeholder(String text, String name) {
        if (TIMES.containsKey(name)) {
            return pieces(TIMES.getOrDefault(name, ""));
        }
        if (!VALUES.contains(name)) {
            throw invalid(
                    text,
                    "there is no placeholder '{" + name + "}'",
                    "use {stack}, {part}, {database}, {bucket}, {date}, {time}, {timestamp}, {id} or {ext}");
        }
        return List.of(new Piece.Value(name));
    }

    private static void flush(StringBuilder literal, List<Piece> pieces) {
        if (!literal.isEmpty()) {
            pieces.add(new Piece.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static Invalid invalid(String text, String why, String hint) {
        return new Invalid(ErrorCode.CONFIGURATION_INVALID, "files cannot be named '" + text + "': " + why, hint + ".");
    }
}
