/**
 * The repository: chunks, packs, index, tree, snapshots and the protocol that commits and collects them. Knows bytes, and
 * nothing of databases, buckets or schedules.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
