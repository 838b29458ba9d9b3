/**
 * OpenPGP (RFC 4880) around exported files, so that {@code gpg --decrypt} opens them. The only package that touches the OpenPGP library;
 * its classes are loaded when a file is encrypted, and not before. Invariant: what is not whole, or not what was encrypted, never ends as
 * a whole stream would.
 */
@NullMarked
package dev.holdfast.connectors.pgp;

import org.jspecify.annotations.NullMarked;
