/**
 * Backups that other tools made: which files of a place are backups, of what and when, by their names and by how they begin. Nothing is
 * written to such a place, ever. Invariant: the whole name before the time is the name of the database, so {@code app} never takes what is
 * of {@code app_test}; and where the file itself says which database it shows, the file is believed.
 */
@NullMarked
package dev.holdfast.control.adopt;

import org.jspecify.annotations.NullMarked;
