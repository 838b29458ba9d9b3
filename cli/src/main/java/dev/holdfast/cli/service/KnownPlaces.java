package dev.holdfast.cli.service;

import dev.holdfast.control.access.PrivateFile;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where this machine has seen copies of a stack's repository, so that a place which is empty now is not taken for one that is new.
 * A file for each stack in the state folder: location, and the mount point it was under if it is a folder.
 */
final class KnownPlaces {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

    private final StateFolder state;

    KnownPlaces(StateFolder state) {
        this.state = state;
    }

    private PrivateFile file(String stack) {
        return new PrivateFile(state.path().resolve("places").resolve(stack + ".json"));
    }

    /** Location to mount point; empty if this machine knows nothing of the stack. */
    Map<String, String> of(String stack) {
        PrivateFile file = file(stack);
        try {
            return file.read().map(text -> JSON.readValue(text, TEXTS)).orElseGet(TreeMap::new);
        } catch (JacksonException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + file.path() + "' cannot be understood",
                    "move it away; then 'holdfast storage init' says which places belong to the stack.",
                    e);
        }
    }

    /** Keeps what was seen now beside what was seen earlier. */
    synchronized void note(String stack, Map<String, String> seen) {
        Map<String, String> known = of(stack);
        Map<String, String> all = new TreeMap<>(known);
        all.putAll(seen);
        if (!all.equals(known)) {
            file(stack).write(JSON.writeValueAsString(all) + "\n");
        }
    }
}
