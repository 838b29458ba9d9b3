/**
 * File systems: a directory as a source, a target and something to compare with; a directory as a place for
 * repositories; a file, or a directory of files, as a place for exports. Names are raw bytes throughout, whatever the locale.
 * Nothing here knows what is backed up when, or how a repository is laid out. Invariant: a link is never followed out of the directory, and what was there before is replaced
 * only by something whole.
 */
@NullMarked
package dev.holdfast.connectors.files;

import org.jspecify.annotations.NullMarked;
