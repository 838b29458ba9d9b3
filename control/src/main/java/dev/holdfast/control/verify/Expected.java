package dev.holdfast.control.verify;

import java.util.OptionalLong;

/**
 * What something beside a file says of it.
 *
 * @param source what says it, for people
 * @param algorithm {@code MD5}, {@code SHA-256}; empty if only the length is said
 * @param hex the digest in lower case
 * @param bytes the length, if it is said
 */
record Expected(String source, String algorithm, String hex, OptionalLong bytes) {
    boolean hasDigest() {
        return !algorithm.isEmpty();
    }
}
