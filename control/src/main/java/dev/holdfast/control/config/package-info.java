/**
 * The stack file and what else names a repository, as records: read, checked and with every default filled in. What is
 * done with them lives in {@code operation}. Invariant: a record that exists is usable as far as a file can tell, and no
 * text made from it contains a secret.
 */
@NullMarked
package dev.holdfast.control.config;

import org.jspecify.annotations.NullMarked;
