package dev.holdfast.server.contract;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The contract as a page to read: one document without scripts, which loads nothing. */
public final class ContractPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--line:#8884;--soft:#8882}
            body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
            code,pre{font-family:ui-monospace,monospace;font-size:.9em}
            h1,h2{line-height:1.2}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
            nav a{margin-right:.8rem}
            details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:0 .8rem}
            details[open]{padding-bottom:.8rem}summary{cursor:pointer;padding:.5rem 0}
            .m{display:inline-block;min-width:4.2rem;font-weight:700}
            .r{float:right;font-size:.8em;border:1px solid var(--line);border-radius:1em;padding:0 .6em}
            table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-top:1px solid var(--line)}
            .d{opacity:.75}
            """;

    private final Contract contract;
    private final StringBuilder page = new StringBuilder();

    public ContractPage(Contract contract) {
        this.contract = contract;
    }

    /** What a browser may do with the page: show it with its own style. */
    public String policy() {
        return "default-src 'none'; style-src 'sha256-" + hash(STYLE)
                + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /** The page. */
    public String html() {
        JsonNode info = contract.document().get("info");
        page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><title>Holdfast API</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>Holdfast API</h1>");
        for (String paragraph : info.path("description").asString("").split("\n\n")) {
            page.append("<p>").append(marked(paragraph)).append("</p>");
        }
        page.append("<p>As a file: <a href=\"/openapi.yaml\">YAML</a>, <a href=\"/openapi.json\">JSON</a>.</p><nav>");
        tags().forEach((name, _) -> page.append("<a href=\"#tag-")
                .append(name)
                .append("\">")
                .append(name)
                .append("</a>"));
        page.append("<a href=\"#schemas\">schemas</a></nav>");
        tags().forEach(this::tag);
        page.append("<h2 id=\"schemas\">schemas</h2>");
        contract.document().at("/components/schemas").properties().forEach(this::schema);
        return page.append("</body></html>").toString();
    }

    private Map<String, String> tags() {
        return contract.document()
                .get("tags")
                .valueStream()
                .collect(Collectors.toMap(
                        tag -> tag.get("name").asString(),
                        tag -> tag.path("description").asString(""),
                        (one, _) -> one,
                        LinkedHashMap::new));
    }

    private void tag(String name, String description) {
        page.append("<h2 id=\"tag-").append(name).append("\">").append(name).append("</h2><p class=\"d\">");
        page.append(escaped(description)).append("</p>");
        for (Operation operation : contract.operations()) {
            JsonNode node =
                    contract.document().get("paths").get(operation.path()).get(operation.method());
            if (node.path("tags").valueStream().anyMatch(tag -> tag.asString().equals(name))) {
                operation(operation, node);
            }
        }
    }

    private void operation(Operation operation, JsonNode node) {
        page.append("<details id=\"").append(operation.id()).append("\"><summary><span class=\"r\">");
        page.append(operation.role())
                .append("</span><span class=\"m\">")
                .append(operation.method().toUpperCase(Locale.ROOT));
        page.append("</span> <code>").append(escaped(operation.path())).append("</code><br><span class=\"d\">");
        page.append(marked(node.path("summary").asString(""))).append("</span></summary>");
        parameters(node, operation);
        operation
                .body()
                .ifPresent(body -> page.append("<p>Body: ").append(shape(body)).append("</p>"));
        page.append("<table><tr><th>answer<th>what");
        operation.responses().properties().forEach(this::response);
        page.append("</table></details>");
    }

    private void parameters(JsonNode node, Operation operation) {
        if (operation.parameters().isEmpty()) {
            return;
        }
        JsonNode item = contract.document().get("paths").get(operation.path());
        page.append("<table><tr><th>parameter<th>in<th>value<th>");
        for (JsonNode owner : List.of(item, node)) {
            for (JsonNode parameter : owner.path("parameters")) {
                parameter(contract.schemas().resolved(parameter));
            }
        }
        page.append("</table>");
    }

    private void parameter(JsonNode parameter) {
        page.append("<tr><td><code>")
                .append(escaped(parameter.get("name").asString()))
                .append("</code>");
        page.append(parameter.path("required").asBoolean(false) ? " *" : "");
        page.append("<td>").append(escaped(parameter.get("in").asString())).append("<td>");
        page.append(shape(parameter.get("schema"))).append("<td>");
        page.append(marked(parameter.path("description").asString("")));
    }

    private void response(Map.Entry<String, JsonNode> response) {
        JsonNode resolved = contract.schemas().resolved(response.getValue());
        page.append("<tr><td>").append(escaped(response.getKey())).append("<td>");
        page.append(marked(resolved.path("description").asString("")));
        resolved.path("content").properties().stream()
                .findFirst()
                .ifPresent(content -> page.append(" — <code>")
                        .append(escaped(content.getKey()))
                        .append("</code> ")
                        .append(shape(content.getValue().get("schema"))));
    }

    private void schema(Map.Entry<String, JsonNode> schema) {
        page.append("<details id=\"schema-").append(schema.getKey()).append("\"><summary><code>");
        page.append(schema.getKey()).append("</code></summary>");
        JsonNode node = schema.getValue();
        page.append("<p>").append(marked(node.path("description").asString(""))).append("</p>");
        if (node.has("properties")) {
            page.append("<table>");
            fields(node, "");
            page.append("</table>");
        } else {
            page.append("<p>").append(shape(node)).append("</p>");
        }
        page.append("</details>");
    }

    private void fields(JsonNode object, String before) {
        object.path("properties").properties().forEach(field -> {
            boolean required = object.path("required")
                    .valueStream()
                    .anyMatch(name -> name.asString().equals(field.getKey()));
            page.append("<tr><td><code>")
                    .append(escaped(before + field.getKey()))
                    .append("</code>");
            page.append(required ? " *" : "")
                    .append("<td>")
                    .append(shape(field.getValue()))
                    .append("<td>");
            page.append(marked(field.getValue().path("description").asString("")));
            JsonNode inner = field.getValue().path("items").has("properties")
                    ? field.getValue().get("items")
                    : field.getValue();
            if (inner.has("properties")) {
                fields(inner, before + field.getKey() + ".");
            }
        });
    }

    private static String shape(JsonNode schema) {
        Optional<String> reference = Optional.ofNullable(schema.get("$ref")).map(JsonNode::asString);
        if (reference.isPresent()) {
            String name = reference.get().substring(reference.get().lastIndexOf('/') + 1);
            return "<a href=\"#schema-" + name + "\">" + name + "</a>";
        }
        if (schema.has("items")) {
            return "list of " + shape(schema.get("items"));
        }
        if (schema.has("enum")) {
            return schema.get("enum")
                    .valueStream()
                    .map(value -> "<code>" + escaped(value.asString()) + "</code>")
                    .collect(Collectors.joining(", "));
        }
        return escaped(schema.path("type").asString("")) + limits(schema);
    }

    private static String limits(JsonNode schema) {
        StringBuilder limits = new StringBuilder();
        for (String keyword : List.of("format", "pattern", "minimum", "maximum", "maxLength", "default")) {
            if (schema.has(keyword)) {
                limits.append(' ')
                        .append(keyword)
                        .append(" <code>")
                        .append(escaped(schema.get(keyword).asString()))
                        .append("</code>");
            }
        }
        return limits.toString();
    }

    /** Text with {@code code} and **strong** as such. */
    private static String marked(String text) {
        return escaped(text)
                .replaceAll("`([^`]*)`", "<code>$1</code>")
                .replaceAll("\\*\\*([^*]*)\\*\\*", "<strong>$1</strong>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String hash(String style) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
