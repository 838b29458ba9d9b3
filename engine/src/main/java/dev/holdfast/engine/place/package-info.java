/**
 * Where exported files are kept: a directory, a bucket, another server. Files here have names that people choose and are read by other
 * tools; a repository's objects are in {@code engine.store}. What a place promises is the same everywhere: nothing partial is ever seen
 * under a final name, and nothing is replaced or removed that was not named.
 */
@NullMarked
package dev.holdfast.engine.place;

import org.jspecify.annotations.NullMarked;
