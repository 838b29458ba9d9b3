/**
 * Foreign systems as sources, targets and stores. One package per system; nothing here decides when or why.
 */
@NullMarked
package dev.holdfast.connectors;

import org.jspecify.annotations.NullMarked;
