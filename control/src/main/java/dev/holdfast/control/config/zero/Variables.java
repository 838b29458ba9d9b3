package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.zero.ZeroConfiguration.Note;
import dev.holdfast.control.config.zero.ZeroConfiguration.Problem;
import dev.holdfast.engine.error.HoldfastException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks variables up by all their names, and notes which ones were used and what was wrong. For one thread. */
final class Variables {
    /** What the images of other tools set where nothing is meant. */
    private static final String UNSET = "**None**";

    private static final String FILE = "_FILE";
    private static final Set<String> YES = Set.of("true", "yes", "1", "on");
    private static final Set<String> NO = Set.of("false", "no", "0", "off");

    private final Environment environment;
    private final Set<Note> notes = new LinkedHashSet<>();
    private final Set<Problem> problems = new LinkedHashSet<>();

    Variables(Environment environment) {
        Map<String, String> set = new HashMap<>(environment.variables());
        set.values().removeIf(value -> value.isBlank() || value.strip().equals(UNSET));
        this.environment = new Environment(set);
    }

    /** Without what only seems to be set. */
    Environment environment() {
        return environment;
    }

    List<Note> notes() {
        return List.copyOf(notes);
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    void warn(String variable, String text) {
        notes.add(new Note(Note.Kind.WARNING, variable, text));
    }

    void lookAlike(String variable, String text) {
        notes.add(new Note(Note.Kind.LOOK_ALIKE, variable, text));
    }

    void wrong(String message, String hint) {
        problems.add(new Problem(message, hint));
    }

    boolean has(Variable variable) {
        return nameOf(variable).isPresent();
    }

    /** The name under which something is set; the first, if there are several. */
    Optional<String> nameOf(Variable variable) {
        return names(variable).stream().findFirst();
    }

    private List<String> names(Variable variable) {
        List<String> set = new ArrayList<>();
        for (String name : variable.names()) {
            if (isSet(name)) {
                set.add(name);
            } else if (isSet(name + FILE)) {
                set.add(name + FILE);
            }
        }
        return set;
    }

    boolean isSet(String name) {
        return environment.variables().containsKey(name);
    }

    /** Something that may be secret. */
    Optional<Secret> secret(Variable variable) {
        List<String> names = names(variable);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        String used = names.getFirst();
        Optional<Secret> value = read(used);
        String own = variable.ownName();
        if (!used.equals(own) && !used.equals(own + FILE)) {
            notes.add(new Note(Note.Kind.ALIAS, used, used + " is understood as " + own));
        }
        names.stream()
                .skip(1)
                .filter(other -> !read(other).equals(value))
                .forEach(other -> warn(other, other + " is not used, because " + used + " is set too"));
        return value;
    }

    private Optional<Secret> read(String name) {
        try {
            return name.endsWith(FILE)
                    ? environment.secret(name.substring(0, name.length() - FILE.length()))
                    : environment.value(name).map(Secret::new);
        } catch (HoldfastException e) {
            wrong(String.valueOf(e.getMessage()), e.hint());
            return Optional.empty();
        }
    }

    /** Something that is no secret. */
    Optional<String> text(Variable variable) {
        return secret(variable).map(value -> value.text().strip()).filter(text -> !text.isEmpty());
    }

    /** Several things, between commas or spaces. */
    List<String> list(Variable variable) {
        return text(variable).stream()
                .flatMap(text -> List.of(text.split("[,\\s]+")).stream())
                .filter(item -> !item.isEmpty())
                .distinct()
                .toList();
    }

    boolean flag(Variable variable, boolean otherwise) {
        Optional<String> text = text(variable).map(value -> value.toLowerCase(Locale.ROOT));
        if (text.isEmpty() || YES.contains(text.get()) || NO.contains(text.get())) {
            return text.map(YES::contains).orElse(otherwise);
        }
        wrong(shown(variable) + " is '" + text.get() + "'; expected true or false", "set it to true or to false.");
        return otherwise;
    }

    Optional<Integer> whole(Variable variable, int least, int most) {
        Optional<String> text = text(variable);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().matches("\\d{1,7}")) {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return Optional.of(value);
            }
        }
        wrong(
                shown(variable) + " is '" + text.get() + "'; expected a whole number from " + least + " to " + most,
                "set it to one, or leave it out.");
        return Optional.empty();
    }

    /** The name that was used, for messages. */
    String shown(Variable variable) {
        return nameOf(variable).orElse(variable.ownName());
    }
}
