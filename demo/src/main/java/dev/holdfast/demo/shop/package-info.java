/**
 * A small shop: what a user has before Holdfast arrives. A database, a bucket and a folder, each filled from a seed, changed
 * a little, destroyed, and looked at by means of its own (SQL, S3 requests, reads of files). Knows nothing of backups.
 * Invariant: the same seed and size make the same bytes, and an {@link dev.holdfast.demo.shop.Inventory} holds everything
 * that a restore has to bring back, in memory bounded by the number of entries, never by their size.
 */
@NullMarked
package dev.holdfast.demo.shop;

import org.jspecify.annotations.NullMarked;
