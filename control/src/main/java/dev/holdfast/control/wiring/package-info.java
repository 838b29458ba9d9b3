/**
 * The only place that knows how connectors and repositories are constructed from a configuration. What is done with them
 * lives in {@code operation}. Invariant: constructing contacts nobody.
 */
@NullMarked
package dev.holdfast.control.wiring;

import org.jspecify.annotations.NullMarked;
