package dev.holdfast.control.verify;

import dev.holdfast.control.export.Checksum;
import java.util.OptionalLong;

/**
 * What something beside a file says of it.
 *
 * @param source what says it, for people
 * @param checksum which digest it says
 * @param hex that digest in lower case
 * @param bytes the length, if it is said
 */
record Expected(String source, Checksum checksum, String hex, OptionalLong bytes) {}
