/**
 * Real servers for one process and one folder: a private PostgreSQL and an S3 server, started on free loopback ports, ended
 * with the process that started them. Knows nothing of what is kept in them, and nothing of backups. Invariant: a stand is
 * reachable from this machine alone, writes below its own folder (or a scratch folder it removes), and leaves neither
 * process nor file behind, even when its parent is killed.
 */
@NullMarked
package dev.holdfast.demo.stand;

import org.jspecify.annotations.NullMarked;
