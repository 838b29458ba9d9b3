package dev.holdfast.demo.shop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Bytes made from a seed, like those of photographs (noise) or of pages (words), and their digests. */
final class Content {
    private static final String[] WORDS =
            ("the a of and order invoice customer delivery shirt cotton blue green large small price total paid returned"
                            + " street number thank you for your size colour stock warehouse parcel tracking discount {} [] <p>"
                            + " </p> null true false 0 1 12 19.90 2025-03-14 café naïve Größe ürün")
                    .split(" ");

    private Content() {}

    /** Bytes that no compressor shortens, as in pictures and archives. */
    static byte[] noise(long seed, int bytes) {
        byte[] content = new byte[bytes];
        new SplittableRandom(seed).nextBytes(content);
        return content;
    }

    /** Words and markup, which shrink to about a third. */
    static byte[] words(long seed, int bytes) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] content = new byte[bytes];
        int at = 0;
        while (at < bytes) {
            byte[] word = (WORDS[random.nextInt(WORDS.length)] + (random.nextInt(12) == 0 ? "\n" : " "))
                    .getBytes(StandardCharsets.UTF_8);
            int fits = Math.min(word.length, bytes - at);
            System.arraycopy(word, 0, content, at, fits);
            at += fits;
        }
        return content;
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest().digest(content));
    }

    /** Reads to the end in constant memory. */
    static String sha256(InputStream content) {
        try {
            MessageDigest digest = digest();
            byte[] buffer = new byte[64 << 10];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number below {@code bound}, the same for the same arguments. */
    static int pick(long seed, long what, int bound) {
        return new SplittableRandom(seed * 1_000_003 + what).nextInt(bound);
    }

    static long mix(long... numbers) {
        return new SplittableRandom(Arrays.hashCode(numbers)).nextLong();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
