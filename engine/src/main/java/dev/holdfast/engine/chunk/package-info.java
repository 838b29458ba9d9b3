/**
 * Where a stream of bytes is cut into chunks. The rule lives here; reading, hashing and storing do not. Invariant: a cut
 * depends on the key and on the bytes since the cut before, never on how the bytes were delivered, so equal data is cut
 * alike wherever it lies.
 */
@NullMarked
package dev.holdfast.engine.chunk;

import org.jspecify.annotations.NullMarked;
