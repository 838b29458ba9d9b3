/**
 * The faces between bytes and foreign systems: what a connector implements ({@code Source}, {@code Target}, {@code
 * Comparer}, {@code Exporter}) and what the engine gives it ({@code PartWriter}, {@code PartReader}). No foreign system is known here.
 * Invariant: a capture or restore that returns is complete; one that is not throws.
 */
@NullMarked
package dev.holdfast.engine.source;

import org.jspecify.annotations.NullMarked;
