package dev.holdfast.server.contract;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One operation of the contract.
 *
 * @param id its name: {@code startRun}
 * @param method in lower case
 * @param path with its parameters in braces
 * @param role who may call it
 * @param open whether parameters that are not named may come too
 * @param body schema of the body; empty if there is none
 * @param needsBody whether it may not be left out
 * @param responses by status
 */
public record Operation(
        String id,
        String method,
        String path,
        String role,
        List<Parameter> parameters,
        boolean open,
        Optional<JsonNode> body,
        boolean needsBody,
        JsonNode responses) {
    public Operation {
        parameters = List.copyOf(parameters);
    }

    /**
     * @param in {@code path}, {@code query} or {@code header}
     */
    public record Parameter(String name, String in, boolean required, JsonNode schema) {}

    public List<Parameter> parametersIn(String place) {
        return parameters.stream().filter(p -> p.in().equals(place)).toList();
    }
}
