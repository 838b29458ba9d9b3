package dev.holdfast.connectors.archive;

import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;

/**
 * What an archive is told about one of its members before its first byte.
 *
 * @param name with a slash at the end exactly if it is a directory
 * @param type one of those of directories
 * @param bytes how long its content is; 0 for all but files
 * @param look with the target under the name that it has in the archive
 */
record Member(EntryKey name, EntryType type, long bytes, FileProperties look) {}
