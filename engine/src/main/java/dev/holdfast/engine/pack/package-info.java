/**
 * Packs: files of many sealed blobs with a directory at their end. The encoding of a blob, the writing of packs through a
 * spool, the reading of blobs and of whole packs live here; which blob is where lives in {@code index}. Invariant: a pack is
 * never reopened, so no nonce is used twice under its key.
 */
@NullMarked
package dev.holdfast.engine.pack;

import org.jspecify.annotations.NullMarked;
