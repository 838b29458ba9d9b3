package dev.holdfast.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What differs between two fingerprints. */
final class Fingerprints {
    private Fingerprints() {}

    static List<String> differences(Map<String, String> before, Map<String, String> after) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            String was = before.getOrDefault(key, "absent");
            String is = after.getOrDefault(key, "absent");
            if (!was.equals(is)) {
                differences.add("%s%n  was %s%n  is  %s".formatted(key, was, is));
            }
        }
        return differences;
    }
}
