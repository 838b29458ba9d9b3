/**
 * Work in parallel for connectors, with its results in order. Nothing here knows a foreign system. Invariant: nothing runs
 * on after a failure was thrown or the workers were closed.
 */
@NullMarked
package dev.holdfast.connectors.workers;

import org.jspecify.annotations.NullMarked;
