package dev.holdfast.demo;

/** What an answer has to say before the demo believes it: success alone, or zero of something, proves nothing. */
final class Proof {
    private Proof() {}

    /** Something was captured of every part, and every destination holds the snapshot. */
    static void captured(Answer backup) {
        requireEntries(backup, "captured");
        long complete = backup.list("destinations").stream()
                .filter(destination -> destination.text("state").equals("complete"))
                .count();
        if (complete != StackFile.DESTINATIONS) {
            throw backup.wrong("expected the snapshot in %d destinations, found it in %d"
                    .formatted(StackFile.DESTINATIONS, complete));
        }
    }

    /** Something was restored of every part. */
    static void restored(Answer restore) {
        requireEntries(restore, "restored");
    }

    /** Something was compared in every part, and all of it is equal. */
    static void equal(Answer compare) {
        for (String part : StackFile.PARTS) {
            Answer compared = compare.named("parts", part);
            if (compared.number("compared") == 0) {
                throw compare.wrong("nothing of '%s' was compared".formatted(part));
            }
            if (compared.number("differenceCount") != 0 || !compared.flag("equal")) {
                throw compare.wrong("'%s' does not equal the snapshot".formatted(part));
            }
        }
        if (!compare.flag("equal")) {
            throw compare.wrong("it says that something differs");
        }
    }

    private static void requireEntries(Answer answer, String verb) {
        for (String part : StackFile.PARTS) {
            if (answer.named("parts", part).number("entries") == 0) {
                throw answer.wrong("nothing was %s of '%s'".formatted(verb, part));
            }
        }
    }
}
