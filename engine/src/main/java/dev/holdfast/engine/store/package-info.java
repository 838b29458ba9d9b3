/**
 * What a repository asks of the place it lives in, and the retrying wrapper. Real stores live in the connectors; the
 * shared contract suite that each must pass lives in this package's tests. Nothing here knows packs or keys.
 * Invariant: an object is created whole, once, and never changed.
 */
@NullMarked
package dev.holdfast.engine.store;

import org.jspecify.annotations.NullMarked;
