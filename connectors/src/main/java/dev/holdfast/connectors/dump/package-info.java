/**
 * Backup files of any tool, read from their first byte to their last: what encrypts and compresses them is taken off layer by layer, and
 * what is below is proven as far as it can be. What a file is its bytes say, never its name. Memory holds lists of tables and never
 * a table. Whoever wants the files of a tar or zip is handed them one after the other; nothing here writes to a disk.
 *
 * <p>What does not live here: where files are, and what PostgreSQL's archives hold. Invariant: a file of which one byte was not looked at
 * is never called whole.
 */
@NullMarked
package dev.holdfast.connectors.dump;

import org.jspecify.annotations.NullMarked;
