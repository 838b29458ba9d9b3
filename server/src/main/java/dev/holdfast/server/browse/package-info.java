/**
 * Looking into snapshots: repositories that are kept open for a while, pages of entries and of differences, and contents as
 * streams. Knows no HTTP. Invariant: memory does not grow with the number of entries or the size of a content.
 */
@NullMarked
package dev.holdfast.server.browse;

import org.jspecify.annotations.NullMarked;
