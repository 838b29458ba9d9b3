package dev.holdfast.control.access;

import java.util.Optional;

/**
 * One thing that somebody did or tried. Texts are made harmless and cut here, so nobody can write a second line into the trail
 * or into a log.
 *
 * @param action what, as dotted words: {@code restore.start}, {@code stack.change}, {@code snapshot.download}
 * @param object to what: {@code stack shop}, {@code user alice}
 * @param stack which stack it is about, if it is about one
 * @param caller of whom only the address is kept
 * @param detail more, for people; never a secret
 */
public record AuditEntry(
        Actor actor,
        String action,
        String object,
        Optional<String> stack,
        Caller caller,
        Outcome outcome,
        String detail) {
    private static final int LONGEST_ACTION = 60;
    private static final int LONGEST_OBJECT = 300;
    private static final int LONGEST_DETAIL = 1000;

    public AuditEntry {
        action = Plain.text(action, LONGEST_ACTION);
        object = Plain.text(object, LONGEST_OBJECT);
        stack = stack.map(s -> Plain.text(s, LONGEST_OBJECT));
        caller = new Caller(caller.address(), "");
        detail = Plain.text(detail, LONGEST_DETAIL);
    }
}
