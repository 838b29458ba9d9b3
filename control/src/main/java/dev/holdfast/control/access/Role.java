package dev.holdfast.control.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody may do; each role may do all that the ones before it may. */
public enum Role {
    /** Sees everything but secrets and the content of backups. */
    VIEWER,
    /** Starts backups, checks, drills and restores, and reads what is in a backup. */
    OPERATOR,
    /** Changes stacks, destinations, users and settings, and deletes. */
    ADMIN;

    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    public Role lesserOf(Role other) {
        return covers(other) ? other : this;
    }

    /** The name as users see it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of that name, in any case. */
    public static Optional<Role> named(String label) {
        return Stream.of(values())
                .filter(r -> r.label().equalsIgnoreCase(label))
                .findFirst();
    }
}
