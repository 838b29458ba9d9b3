package dev.holdfast.control.convert;

import java.util.HashSet;
import java.util.Set;

/** Names of sources, each used once. For one thread. */
final class Names {
    private static final int LONGEST = 55;

    private final Set<String> used = new HashSet<>();

    String unused(String wanted) {
        String plain = wanted.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
        String base = plain.isEmpty() ? "source" : plain.substring(0, Math.min(plain.length(), LONGEST));
        String name = base;
        for (int i = 2; !used.add(name); i++) {
            name = base + "-" + i;
        }
        return name;
    }

    int count() {
        return used.size();
    }
}
