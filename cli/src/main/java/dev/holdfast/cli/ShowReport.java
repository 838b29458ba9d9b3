package dev.holdfast.cli;

import dev.holdfast.control.operation.ShowOperation.Viewer;
import dev.holdfast.control.operation.ShowResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.tree.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows while it is told. */
final class ShowReport implements Report {
    private static final int TYPE_WIDTH = 16;
    private static final int SIZE_WIDTH = 8;

    private final Function<Lines, ShowResult> showing;
    private final long limit;
    private final Terminal terminal;
    private Optional<ErrorCode> ended = Optional.empty();

    ShowReport(Function<Lines, ShowResult> showing, long limit, Terminal terminal) {
        this.showing = showing;
        this.limit = limit;
        this.terminal = terminal;
    }

    @Override
    public Optional<ErrorCode> concern() {
        return ended;
    }

    @Override
    public void text(Page page) {
        TextViewer viewer = new TextViewer(page);
        ShowResult result = showing.apply(viewer);
        ended = result.concern();
        page.findings(result.findings());
        if (result.part().isPresent()) {
            page.line(Format.count(viewer.shown, "entry", "entries") + (result.whole() ? "" : "; there are more"));
        }
    }

    /**
     * Writes the whole document; a failure after its beginning still ends it well.
     *
     * @return the exit code
     */
    int document(String command) {
        JsonViewer viewer = new JsonViewer(command);
        try {
            ShowResult result = showing.apply(viewer);
            viewer.end(result);
            return result.concern().map(ErrorCode::number).orElse(0);
        } catch (HoldfastException e) {
            if (!viewer.ended(e)) {
                throw e;
            }
            return e.code().number();
        }
    }

    @Override
    public void json(Json json) {
        throw new UnsupportedOperationException("written by document()");
    }

    /** Is told of one entry after the other. */
    interface Lines {
        void snapshot(Snapshot snapshot, Optional<Part> part);

        /**
         * @return whether more are wanted
         */
        boolean entry(Line line);

        /** As the operation tells them. */
        default Viewer viewer() {
            return new Viewer() {
                @Override
                public void snapshot(Snapshot snapshot, Optional<Part> part) {
                    Lines.this.snapshot(snapshot, part);
                }

                @Override
                public boolean entry(Entry entry) {
                    return Lines.this.entry(line(entry));
                }
            };
        }
    }

    /**
     * An entry.
     *
     * @param key for people; empty for the root
     * @param attributes asked for only where they are shown
     */
    record Line(String key, String type, long bytes, Supplier<Map<String, String>> attributes) {}

    private static Line line(Entry entry) {
        return new Line(
                entry.key().toString(),
                entry.type().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                entry.content().bytes(),
                () -> {
                    Map<String, String> attributes = new LinkedHashMap<>();
                    entry.attributes().forEach((name, value) -> attributes.put(name, readable(value)));
                    return attributes;
                });
    }

    private static String readable(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        boolean plain = text.chars().noneMatch(c -> c == 0xfffd || (Character.isISOControl(c) && c != '\n'));
        return plain ? text : "base64:" + Base64.getEncoder().encodeToString(value);
    }

    private final class TextViewer implements Lines {
        private final Page page;
        private long shown;

        TextViewer(Page page) {
            this.page = page;
        }

        @Override
        public void snapshot(Snapshot snapshot, Optional<Part> part) {
            if (part.isEmpty()) {
                summary(snapshot);
            } else {
                page.heading("TYPE" + " ".repeat(TYPE_WIDTH - 4) + "    SIZE  NAME");
            }
        }

        private void summary(Snapshot snapshot) {
            page.heading("Snapshot " + snapshot.id() + " of stack '" + snapshot.stack() + "'");
            page.line("began " + page.time(snapshot.began()) + ", committed " + page.time(snapshot.committed())
                    + ", on " + snapshot.host() + ", by version " + snapshot.version());
            if (!snapshot.labels().isEmpty()) {
                page.line("labels " + SnapshotsReport.labels(snapshot));
            }
            Table table = new Table("PART", "KIND", ">ENTRIES", ">SIZE", ">STORED", "FROM");
            snapshot.parts()
                    .forEach(part -> table.row(
                            part.name(),
                            part.kind(),
                            Format.count(part.entries()),
                            Format.bytes(part.bytes()),
                            Format.bytes(part.statistics().storedBytes()),
                            part.location()));
            page.blank().table(table);
            snapshot.parts().forEach(this::details);
            page.findings(snapshot.findings());
        }

        private void details(Part part) {
            new TreeMap<>(part.details()).forEach((name, value) -> page.line(part.name() + ": " + name + " " + value));
        }

        @Override
        public boolean entry(Line line) {
            if (shown >= limit) {
                return false;
            }
            shown++;
            String size = Format.bytes(line.bytes());
            page.line(line.type()
                    + " ".repeat(Math.max(0, TYPE_WIDTH - line.type().length()))
                    + " ".repeat(Math.max(0, SIZE_WIDTH - size.length())) + size + "  "
                    + (line.key().isEmpty() ? "." : line.key()));
            return true;
        }
    }

    private final class JsonViewer implements Lines {
        private final String command;
        private @Nullable Json json;
        private boolean entries;
        private long shown;

        JsonViewer(String command) {
            this.command = command;
        }

        @Override
        public void snapshot(Snapshot snapshot, Optional<Part> part) {
            Json begun = new Json(terminal.out(), command);
            json = begun;
            SnapshotsReport.summary(begun, snapshot);
            begun.object("details", () -> snapshot.parts().forEach(p -> details(begun, p)));
            part.ifPresent(p -> begun.field("part", p.name()).beginObjects("entries"));
            entries = part.isPresent();
        }

        private static void details(Json json, Part part) {
            Map<String, String> sorted = new TreeMap<>(part.details());
            json.object(part.name(), () -> {
                json.field("location", part.location());
                sorted.forEach(json::field);
            });
        }

        @Override
        public boolean entry(Line line) {
            if (shown >= limit || json == null) {
                return false;
            }
            shown++;
            Json current = json;
            current.object(() -> {
                current.field("key", line.key()).field("type", line.type()).field("bytes", line.bytes());
                current.object("attributes", () -> line.attributes().get().forEach(current::field));
            });
            return true;
        }

        void end(ShowResult result) {
            if (json != null) {
                if (entries) {
                    json.endObjects();
                    json.field("whole", result.whole());
                }
                json.field("ok", true)
                        .findings("repositoryFindings", result.findings())
                        .close();
            }
        }

        /** Ends a document that was begun with the failure; false if none was begun. */
        boolean ended(HoldfastException failure) {
            if (json == null) {
                return false;
            }
            if (entries) {
                json.endObjects();
            }
            String message = String.valueOf(failure.getMessage());
            json.field("ok", false)
                    .error(failure.code(), message, failure.hint())
                    .close();
            new Failures(terminal).text(failure.code(), message, failure.hint());
            return true;
        }
    }
}
