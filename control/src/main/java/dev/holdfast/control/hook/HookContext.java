package dev.holdfast.control.hook;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a hook is told about the run it belongs to.
 *
 * @param stack name of the stack
 * @param run id of the run
 * @param kind what is done, such as {@code backup}
 * @param state how it stands, such as {@code running}, {@code succeeded} or {@code failed}
 * @param snapshot id of the snapshot that was made or restored, if there is one
 * @param error what went wrong, if something did
 */
public record HookContext(
        String stack, String run, String kind, String state, Optional<String> snapshot, Optional<String> error) {
    /** Whatever a hook can use, by its name in templates; what is not known is empty. */
    public Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("stack", stack);
        values.put("run", run);
        values.put("kind", kind);
        values.put("state", state);
        values.put("snapshot", snapshot.orElse(""));
        values.put("error", error.orElse(""));
        return values;
    }
}
