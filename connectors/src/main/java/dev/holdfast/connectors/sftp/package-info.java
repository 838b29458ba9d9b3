/**
 * Directories of other servers, reached by SFTP (version 3, and what OpenSSH added to it): as a place for repositories and as a place
 * for exported files. How the server is logged in to is known in {@code connectors.ssh}. Invariant: what has a final name is whole,
 * and nothing was replaced by it that was not meant to be.
 */
@NullMarked
package dev.holdfast.connectors.sftp;

import org.jspecify.annotations.NullMarked;
