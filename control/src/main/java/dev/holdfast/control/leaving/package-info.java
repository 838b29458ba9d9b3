/**
 * Everything that a repository holds as ordinary files in one folder, with an index, for those who leave. Each snapshot has a folder
 * with a record of what is in it, so a run goes on where another stopped. Nothing here reaches a foreign system but through {@code
 * FilePlace} and {@code ExportFile}. Invariant: a file is in the record, with its length and digest, before it can be seen, and nothing
 * that a record does not name is ever replaced unless somebody said so.
 */
@NullMarked
package dev.holdfast.control.leaving;

import org.jspecify.annotations.NullMarked;
