/**
 * Buckets and directories of a snapshot as what other tools read: a tar archive, a zip archive, or a file for each entry. Nothing here
 * knows where the files go. Invariants: every entry of a part is written, or told in a finding; no name leads out of where it is
 * unpacked; memory does not grow with the number of entries but by a few bytes each outside the heap.
 */
@NullMarked
package dev.holdfast.connectors.archive;

import org.jspecify.annotations.NullMarked;
