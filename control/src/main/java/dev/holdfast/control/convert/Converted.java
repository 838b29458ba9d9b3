package dev.holdfast.control.convert;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A stack file that was made of the configuration of another tool.
 *
 * @param text of the stack file
 * @param notes what could not be carried over, or is to be decided; in the text as comments, too
 * @param secrets variables and files that it expects secrets in
 */
public record Converted(String text, List<String> notes, List<String> secrets) {
    private static final Pattern ADDRESS = Pattern.compile("url: '\\$\\{([A-Za-z_][A-Za-z0-9_]*)}'");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    public Converted {
        notes = List.copyOf(notes);
        secrets = List.copyOf(secrets);
    }

    /**
     * Sees that it can be read as a stack file, with something in every variable.
     *
     * @param folder where it would be
     * @throws Invalid (CONFIGURATION_INVALID) if it cannot
     */
    public Converted requireReadable(Path folder) {
        Map<String, String> variables = new HashMap<>();
        VARIABLE.matcher(text).results().forEach(match -> variables.put(match.group(1), "1"));
        ADDRESS.matcher(text).results().forEach(match -> variables.put(match.group(1), "https://localhost/1"));
        variables.put("AWS_ACCESS_KEY_ID", "1");
        variables.put("AWS_SECRET_ACCESS_KEY", "1");
        try {
            new StackFileReader(new Environment(variables))
                    .parse(folder.resolve("holdfast.yaml"), "holdfast.yaml", text);
        } catch (Missing e) {
            if (e.code() != ErrorCode.SECRET_MISSING) {
                throw e;
            }
            // a file with a secret that is on another machine; only secrets are missing
        }
        return this;
    }
}
