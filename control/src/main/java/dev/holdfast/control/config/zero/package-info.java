/**
 * A stack from environment variables alone, by the names that other backup tools use. Whatever is understood, misspelt or
 * missing becomes a value; who tells it, and when, is decided elsewhere. Invariant: no text made here contains a secret.
 */
@NullMarked
package dev.holdfast.control.config.zero;

import org.jspecify.annotations.NullMarked;
