/**
 * The failures of the whole product: a sealed family that says how to react, and numbered codes that say what happened.
 * Nothing here knows a store, a database or a terminal. Invariant: a message never contains a secret.
 */
@NullMarked
package dev.holdfast.engine.error;

import org.jspecify.annotations.NullMarked;
