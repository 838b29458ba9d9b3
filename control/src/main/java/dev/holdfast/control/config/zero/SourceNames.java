package dev.holdfast.control.config.zero;

import java.util.HashSet;
import java.util.Set;

/** Gives sources names that a stack file could have, each another one. For one thread. */
final class SourceNames {
    private static final int MOST = 50;

    private final Set<String> given = new HashSet<>();

    /** A name that resembles what it stands for. */
    String name(String wanted, String otherwise) {
        String base = plain(wanted, otherwise);
        String name = base;
        for (int i = 2; !given.add(name); i++) {
            name = base + "-" + i;
        }
        return name;
    }

    static String plain(String wanted, String otherwise) {
        String plain = wanted.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+|-+$", "");
        String cut = plain.length() > MOST ? plain.substring(0, MOST) : plain;
        return cut.isEmpty() ? otherwise : cut;
    }
}
