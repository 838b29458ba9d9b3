/**
 * What the beginning of a backup of another tool tells: what is around it, what it is, which database it shows. Nothing here says that the
 * rest is sound, and nothing is written. Invariant: a few hundred kilobytes are read, however long the file is.
 */
@NullMarked
package dev.holdfast.connectors.adopt;

import org.jspecify.annotations.NullMarked;
