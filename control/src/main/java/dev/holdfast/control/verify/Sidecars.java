package dev.holdfast.control.verify;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What lies beside a file and says what it should be: {@code <file>.md5} and {@code <file>.sha256} as md5sum, sha256sum, their BSD relatives
 * or only a digest write them, and manifests of exports. For one thread.
 */
final class Sidecars {
    private static final int MOST_BYTES = 4 << 20;
    private static final Pattern LINE = Pattern.compile("\\\\?([0-9a-fA-F]+)(?:  ?\\*?| \\*)(.+)");
    private static final Pattern BSD = Pattern.compile("[A-Z0-9-]+ ?\\((.+)\\) ?= ?([0-9a-fA-F]+)");
    private static final Pattern ALONE = Pattern.compile("[0-9a-fA-F]+");

    private final FilePlace place;
    private final FileName file;
    private final List<Expected> expected = new ArrayList<>();
    private final List<ExpectedRows> rows = new ArrayList<>();
    private final List<String> unusable = new ArrayList<>();

    private Sidecars(FilePlace place, FileName file) {
        this.place = place;
        this.file = file;
    }

    /** Looks for all of them. */
    static Sidecars of(FilePlace place, FileName file) {
        Sidecars sidecars = new Sidecars(place, file);
        for (Checksum checksum : Checksum.values()) {
            name(file.text() + "." + checksum.label())
                    .ifPresent(
                            name -> sidecars.read(name).ifPresent(text -> sidecars.sums(name.last(), checksum, text)));
        }
        String folder =
                file.text().substring(0, file.text().length() - file.last().length());
        for (String manifest : List.of(file.text() + ".manifest.json", folder + "manifest.json")) {
            name(manifest)
                    .ifPresent(name -> sidecars.read(name).ifPresent(text -> sidecars.manifest(name.last(), text)));
        }
        return sidecars;
    }

    /** Beside a file with a very long name there is none with a longer one. */
    private static Optional<FileName> name(String text) {
        try {
            return Optional.of(new FileName(text));
        } catch (Invalid e) {
            return Optional.empty();
        }
    }

    List<Expected> expected() {
        return expected;
    }

    /** How many rows a dump should have; empty if nothing says that. */
    List<ExpectedRows> rows() {
        return rows;
    }

    /** What lies there and says nothing of the file, for people. */
    List<String> unusable() {
        return unusable;
    }

    private Optional<String> read(FileName name) {
        if (place.find(name).filter(found -> found.bytes() <= MOST_BYTES).isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = place.open(name)) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (Missing e) {
            return Optional.empty();
        } catch (IOException e) {
            throw FileFailures.unreadable(place, name, e);
        }
    }

    private record Sum(String hex, String name) {}

    private void sums(String source, Checksum checksum, String text) {
        List<Sum> sums = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .flatMap(line -> sum(line).stream())
                .filter(sum -> sum.hex().length() == checksum.hexDigits())
                .toList();
        Optional<Sum> own = sums.stream()
                .filter(sum -> last(sum.name()).equals(file.last()))
                .findFirst()
                .or(() -> sums.size() == 1 ? Optional.of(sums.getFirst()) : Optional.empty());
        if (own.isEmpty()) {
            unusable.add(source + (sums.isEmpty() ? " holds no " + checksum.shown() : " names other files"));
            return;
        }
        boolean renamed = !own.get().name().isEmpty() && !last(own.get().name()).equals(file.last());
        expected.add(new Expected(
                source
                        + (renamed
                                ? " (made when it was named '" + last(own.get().name()) + "')"
                                : ""),
                checksum,
                own.get().hex().toLowerCase(Locale.ROOT),
                OptionalLong.empty()));
    }

    private static Optional<Sum> sum(String line) {
        Matcher bsd = BSD.matcher(line);
        if (bsd.matches()) {
            return Optional.of(new Sum(bsd.group(2), bsd.group(1)));
        }
        if (ALONE.matcher(line).matches()) {
            return Optional.of(new Sum(line, ""));
        }
        Matcher usual = LINE.matcher(line);
        return usual.matches() ? Optional.of(new Sum(usual.group(1), usual.group(2))) : Optional.empty();
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private void manifest(String source, String text) {
        try {
            JsonNode files = JsonMapper.shared().readTree(text).path("files");
            for (JsonNode one : files) {
                boolean named = one.path("name").asString("").equals(file.text())
                        || one.path("fileName").asString("").equals(file.last());
                if (named && one.path("sha256").asString("").length() == Checksum.SHA256.hexDigits()) {
                    expected.add(new Expected(
                            source,
                            Checksum.SHA256,
                            one.path("sha256").asString("").toLowerCase(Locale.ROOT),
                            one.path("bytes").isIntegralNumber()
                                    ? OptionalLong.of(one.path("bytes").asLong())
                                    : OptionalLong.empty()));
                    ExpectedRows.of(source, one.path("tables")).ifPresent(rows::add);
                    return;
                }
            }
        } catch (JacksonException e) {
            unusable.add(source + " is no manifest");
        }
    }
}
