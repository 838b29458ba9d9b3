package dev.holdfast.control.hook;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a hook does. */
public sealed interface HookAction {
    /** For people, without secrets. */
    String shown();

    /**
     * Starts a program.
     *
     * @param arguments the program and its arguments, passed on as they are
     * @param environment variables that are added; values may be secret
     */
    record Command(List<String> arguments, Map<String, String> environment) implements HookAction {
        public Command {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }

        /** A line for {@code /bin/sh}. */
        public static Command shell(String line, Map<String, String> environment) {
            return new Command(List.of("/bin/sh", "-c", line), environment);
        }

        @Override
        public String shown() {
            return "command '" + (arguments.size() == 3 && arguments.get(1).equals("-c") ? "sh" : arguments.getFirst())
                    + "'";
        }

        @Override
        public String toString() {
            return shown();
        }
    }

    /**
     * Calls a URL.
     *
     * @param method such as {@code POST}
     * @param uri where; may contain a secret
     * @param headers added to the request; values may be secret
     * @param body template, in which <code>${stack}</code> and the like are replaced; empty for none
     * @param expected statuses that mean success; empty for 200 to 299
     */
    record Call(String method, URI uri, Map<String, String> headers, String body, Set<Integer> expected)
            implements HookAction {
        public Call {
            headers = Map.copyOf(headers);
            expected = Set.copyOf(expected);
        }

        @Override
        public String shown() {
            return method + " " + uri.getScheme() + "://" + uri.getHost();
        }

        @Override
        public String toString() {
            return shown();
        }
    }
}
