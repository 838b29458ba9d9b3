package dev.holdfast.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Content that compresses about as real content does, and is the same for the same seed: prose and records from words that
 * follow Zipf's law (zstd makes about a third of them), noise for what is compressed already. Not for several threads.
 */
final class Content {
    private static final int WORDS = 6000;
    private static final String[] SYLLABLES = {
        "an", "ber", "cal", "der", "en", "for", "ge", "hol", "in", "ka", "le", "mor", "ne", "or", "per", "qui", "re",
        "sta", "ter", "un", "ver", "wa", "zen", "ti", "lo", "mi", "pa", "sch", "tro", "ul"
    };

    private final SplittableRandom random;
    private final String[] words = new String[WORDS];

    Content(long seed) {
        SplittableRandom vocabulary = new SplittableRandom(4711);
        for (int at = 0; at < WORDS; at++) {
            StringBuilder word = new StringBuilder();
            for (int syllables = 1 + vocabulary.nextInt(at < 200 ? 2 : 4); syllables > 0; syllables--) {
                word.append(SYLLABLES[vocabulary.nextInt(SYLLABLES.length)]);
            }
            words[at] = word.toString();
        }
        this.random = new SplittableRandom(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    double fraction() {
        return random.nextDouble();
    }

    /** A size around a median, with the long tail that sizes of files have. */
    int size(double median, double sigma) {
        double normal = Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
        return (int) Math.clamp(median * Math.exp(sigma * normal), 16, 1 << 28);
    }

    String word() {
        // the rank of a word is spread evenly over the logarithm: the law of Zipf
        return words[(int) Math.pow(WORDS, random.nextDouble()) - 1];
    }

    /** At least {@code length} characters of sentences, on one line. */
    String prose(int length) {
        StringBuilder text = new StringBuilder(length + 32);
        while (text.length() < length) {
            String first = word();
            text.append(first.substring(0, 1).toUpperCase(Locale.ROOT)).append(first, 1, first.length());
            for (int rest = 4 + below(12); rest > 0; rest--) {
                text.append(below(9) == 0 ? ", " : " ").append(word());
            }
            text.append(". ");
        }
        return text.toString();
    }

    /** One JSON object on one line, about 300 characters long, without backslashes. */
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"id\": \"%016x\", \"status\": \"%s\", \"total\": %d.%02d, \"currency\": \"EUR\", \"address\": {\"city\":"
                        + " \"%s\", \"street\": \"%s %d\", \"zip\": \"%05d\"}, \"tags\": [\"%s\", \"%s\"], \"note\": \"%s\"}",
                random.nextLong(),
                below(3) == 0 ? "open" : "paid",
                below(900),
                below(100),
                word(),
                word(),
                below(200),
                below(100_000),
                word(),
                word(),
                prose(80).strip());
    }

    byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What a file holds. */
    enum Kind {
        PROSE,
        RECORDS,
        NOISE
    }

    void write(Kind kind, int length, OutputStream out) throws IOException {
        for (int left = length; left > 0; ) {
            byte[] piece = switch (kind) {
                case PROSE -> (prose(Math.min(left, 1 << 14)) + "\n").getBytes(StandardCharsets.UTF_8);
                case RECORDS -> (json() + "\n").getBytes(StandardCharsets.UTF_8);
                case NOISE -> noise(Math.min(left, 1 << 16));
            };
            out.write(piece, 0, Math.min(left, piece.length));
            left -= piece.length;
        }
    }
}
