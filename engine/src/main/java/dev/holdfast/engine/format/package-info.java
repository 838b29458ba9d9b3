/**
 * How files of a repository begin and how small ones are sealed: version 1 of the format, described byte for byte in {@code
 * docs/format.md}. What the files say lives with those who write them. Invariant: bytes that were not sealed by this
 * repository under this very name never open.
 */
@NullMarked
package dev.holdfast.engine.format;

import org.jspecify.annotations.NullMarked;
