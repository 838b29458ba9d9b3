package dev.holdfast.server.http;

import dev.holdfast.server.contract.Mismatch;
import dev.holdfast.server.contract.Operation;
import dev.holdfast.server.contract.Schemas;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Takes a request apart, by the contract. */
final class RequestReader {
    private static final String JSON = "application/json";
    private static final Duration LONGEST_BODY = Duration.ofSeconds(30);
    private static final int BUFFER = 8 << 10;

    private final Schemas schemas;
    private final int maxBodyBytes;

    RequestReader(Schemas schemas, int maxBodyBytes) {
        this.schemas = schemas;
        this.maxBodyBytes = maxBodyBytes;
    }

    /**
     * What a request brings.
     *
     * @param parameters those of the path and of the query
     */
    record Brought(
            Map<String, List<String>> parameters, @Nullable JsonNode body) {}

    /**
     * @throws Misfits if it does not fit the contract
     */
    Brought read(Operation operation, Context context) {
        Map<String, List<String>> parameters = parameters(operation, context);
        List<Mismatch> found = new ArrayList<>();
        checkNames(operation, context, found);
        operation.parametersIn("path").forEach(p -> check(p, parameters.get(p.name()), found));
        operation.parametersIn("query").forEach(p -> check(p, parameters.get(p.name()), found));
        operation
                .parametersIn("header")
                .forEach(p -> check(
                        p,
                        Optional.ofNullable(context.header(p.name()))
                                .map(List::of)
                                .orElse(null),
                        found));
        if (!found.isEmpty()) {
            throw new Misfits("the call does not fit the contract", found);
        }
        return new Brought(parameters, body(operation, context));
    }

    private static Map<String, List<String>> parameters(Operation operation, Context context) {
        try {
            Map<String, List<String>> parameters = new HashMap<>();
            context.queryParamMap().forEach((name, values) -> {
                if (!values.isEmpty()) {
                    parameters.put(name, List.copyOf(values));
                }
            });
            operation.parametersIn("path").forEach(p -> parameters.put(p.name(), List.of(context.pathParam(p.name()))));
            return parameters;
        } catch (RuntimeException e) {
            throw new Misfits("the address cannot be read", List.of());
        }
    }

    private static void checkNames(Operation operation, Context context, List<Mismatch> found) {
        if (operation.open()) {
            return;
        }
        Set<String> known = operation.parametersIn("query").stream()
                .map(Operation.Parameter::name)
                .collect(Collectors.toSet());
        context.queryParamMap().keySet().stream()
                .filter(name -> !known.contains(name))
                .limit(5)
                .forEach(name -> found.add(new Mismatch(
                        printable(name),
                        known.isEmpty()
                                ? "is not known; there are no parameters"
                                : "is not known; known are "
                                        + known.stream().sorted().collect(Collectors.joining(", ")))));
    }

    private static String printable(String name) {
        String plain = name.replaceAll("[\\p{C}]", "?");
        return plain.length() > 60 ? plain.substring(0, 60) + "…" : plain;
    }

    private void check(Operation.Parameter parameter, @Nullable List<String> values, List<Mismatch> found) {
        if (values == null) {
            if (parameter.required()) {
                found.add(new Mismatch(parameter.name(), "is needed and not given"));
            }
            return;
        }
        boolean many =
                schemas.resolved(parameter.schema()).path("type").asString("").equals("array");
        if (!many && values.size() > 1) {
            found.add(new Mismatch(parameter.name(), "is given " + values.size() + " times; expected once"));
            return;
        }
        JsonNode value = many
                ? schemas.parsed(parameter.schema(), values)
                : schemas.parsed(parameter.schema(), values.getFirst());
        found.addAll(schemas.check(parameter.schema(), value, parameter.name()));
    }

    private @Nullable JsonNode body(Operation operation, Context context) {
        if (operation.body().isEmpty()) {
            return null;
        }
        byte[] bytes = bytes(context);
        if (bytes.length == 0 && !operation.needsBody()) {
            return null;
        }
        if (!isJson(context)) {
            throw new Misfits("the body is not said to be JSON; expected Content-Type: application/json", List.of());
        }
        JsonNode body = parsed(bytes);
        List<Mismatch> found = schemas.check(operation.body().get(), body, "");
        if (!found.isEmpty()) {
            throw new Misfits("the body does not fit the contract", found);
        }
        return body;
    }

    private byte[] bytes(Context context) {
        if (context.req().getContentLengthLong() > maxBodyBytes) {
            throw new ContentTooLargeResponse();
        }
        try {
            return whole(context.req().getInputStream());
        } catch (IOException e) {
            throw new Misfits("the body did not come whole", List.of());
        }
    }

    /** Whoever sends a byte now and then would never be silent long enough to be cut. */
    private byte[] whole(InputStream body) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        long began = System.nanoTime();
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            whole.write(buffer, 0, read);
            if (whole.size() > maxBodyBytes) {
                throw new ContentTooLargeResponse();
            }
            if (System.nanoTime() - began > LONGEST_BODY.toNanos()) {
                throw new Misfits("the body came too slowly", List.of());
            }
        }
        return whole.toByteArray();
    }

    private static boolean isJson(Context context) {
        String type = Optional.ofNullable(context.contentType()).orElse("").toLowerCase(Locale.ROOT);
        return type.equals(JSON) || type.startsWith(JSON + ";") || type.startsWith(JSON + " ");
    }

    private static JsonNode parsed(byte[] bytes) {
        try {
            JsonNode body = Json.MAPPER.readTree(bytes);
            if (body == null || body.isMissingNode()) {
                throw new Misfits("a body is needed and not given", List.of());
            }
            return body;
        } catch (JacksonException e) {
            throw new Misfits(
                    "the body is not JSON: "
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + (e.getLocation() == null
                                    ? ""
                                    : " (line " + e.getLocation().getLineNr() + ", column "
                                            + e.getLocation().getColumnNr() + ")"),
                    List.of());
        }
    }

    /** A request that does not fit the contract. */
    static final class Misfits extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<Mismatch> places;

        Misfits(String message, List<Mismatch> places) {
            super(message, null, false, false);
            this.places = List.copyOf(places);
        }

        List<Problem.Misfit> places() {
            return places.stream()
                    .map(place -> new Problem.Misfit(place.at(), place.message()))
                    .toList();
        }
    }
}
