package dev.holdfast.control.leaving;

import dev.holdfast.control.leaving.LeftFile.Content;
import dev.holdfast.control.leaving.LeftFile.State;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The index as a page that any browser shows, without a script and without the network. */
final class IndexPage {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private IndexPage() {}

    static String head(String repository, Instant now) {
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
                <title>All snapshots of %1$s</title>
                <style>
                body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em }
                table { border-collapse: collapse; width: 100%% }
                th, td { text-align: left; vertical-align: top; padding: .25em .8em .25em 0; border-bottom: 1px solid #ccc }
                td.n { text-align: right; white-space: nowrap }
                code, pre { font-family: monospace; overflow-wrap: anywhere }
                .bad { color: #a00; font-weight: bold }
                </style></head><body>
                <h1>All snapshots of %1$s</h1>
                <p>Written by Holdfast on %2$s. Nothing here needs Holdfast. Each file is read back so:</p>
                <pre>
                sha256sum -c SHA256SUMS                                # is everything as it was written?
                gpg --decrypt X.gpg > X                                # first, if it ends in .gpg
                psql -X -v ON_ERROR_STOP=1 -d postgres -f roles/X.sql  # the roles first, where they are missing
                pg_restore --exit-on-error -d EMPTY_DATABASE X.dump
                gunzip -c X.sql.gz | psql -X -v ON_ERROR_STOP=1 -d EMPTY_DATABASE
                zstd -dc X.sql.zst | psql -X -v ON_ERROR_STOP=1 -d EMPTY_DATABASE
                tar -xpf X.tar.gz --xattrs --xattrs-include='*' -C FOLDER
                unzip -X X.zip -d FOLDER
                </pre>
                <p>In an archive of a bucket, <code>.holdfast-metadata.ndjson</code> has the types, metadata and tags of the
                objects. <a href="index.json">index.json</a> is this page for programs.</p>
                <table><thead><tr><th>Snapshot<th>Part<th>File<th>Format<th>Bytes<th>SHA-256</tr></thead>
                """.formatted(escaped(repository), TIME.format(now));
    }

    static String snapshot(LeftSnapshot left, FileName record) {
        Snapshot snapshot = left.snapshot();
        StringBuilder rows = new StringBuilder("<tbody>\n");
        String what = "<strong>" + TIME.format(snapshot.began()) + "</strong><br>" + escaped(snapshot.stack())
                + "<br><a href=\"" + href(record) + "\"><code>" + snapshot.id() + "</code></a>"
                + (left.pinned() ? "<br>pinned" : "")
                + new TreeMap<>(snapshot.labels())
                        .entrySet().stream()
                                .map(label -> "<br>" + escaped(label.getKey() + ": " + label.getValue()))
                                .collect(Collectors.joining());
        String first = "<td rowspan=\""
                + Math.max(1, left.files().size() + (left.leftOut().isEmpty() ? 0 : 1)) + "\">" + what;
        for (LeftFile file : left.files()) {
            rows.append("<tr>").append(first).append(row(snapshot, file)).append("</tr>\n");
            first = "";
        }
        if (!left.leftOut().isEmpty()) {
            rows.append("<tr>")
                    .append(first)
                    .append("<td colspan=\"5\">nobody asked for ")
                    .append(escaped(String.join(", ", left.leftOut())))
                    .append("</tr>\n");
        }
        return rows.append("</tbody>\n").toString();
    }

    private static String row(Snapshot snapshot, LeftFile file) {
        String part = "<td>" + escaped(file.part())
                + snapshot.part(file.part())
                        .map(Part::kind)
                        .map(kind -> "<br>" + escaped(file.content() == Content.ROLES ? "roles of " + kind : kind))
                        .orElse("");
        return switch (file.state()) {
            case State.Whole whole ->
                part + "<td><a href=\"" + href(file.name()) + "\">"
                        + escaped(file.name().last()) + "</a>"
                        + whole.findings().stream()
                                .map(finding -> "<br>" + escaped(finding.subject() + ": " + finding.message()))
                                .collect(Collectors.joining())
                        + "<td>" + escaped(file.format()) + "<td class=\"n\">" + whole.bytes() + "<td><code>"
                        + escaped(whole.sha256()) + "</code>";
            case State.Missing(String reason, String hint) ->
                part + "<td colspan=\"4\"><span class=\"bad\">missing</span> "
                        + escaped(file.name().last() + ": " + reason + (hint.isEmpty() ? "" : "; " + hint));
        };
    }

    static String end(LeavingTotals totals) {
        return "</table>\n<p>" + totals.snapshots() + " snapshots, " + totals.files() + " files, " + totals.bytes()
                + " bytes."
                + (totals.missing() == 0
                        ? ""
                        : " <span class=\"bad\">" + totals.missing() + " files are missing.</span>")
                + "</p>\n</body></html>\n";
    }

    /** In names all but letters, digits, dots, underscores, hyphens and slashes is percent-encoded already. */
    private static String href(FileName name) {
        return escaped(name.text().replace("%", "%25"));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
