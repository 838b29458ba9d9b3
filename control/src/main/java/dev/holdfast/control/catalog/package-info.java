/**
 * The catalog: the server's own database, SQLite in a file or PostgreSQL shared by several servers. What lives here is how to
 * open it, bring its tables up to date, and seal what must not be readable in it; each room that keeps something in it has its
 * own queries and its own migration. Nothing in it is needed to restore: all that matters can be had again from the repositories.
 */
@NullMarked
package dev.holdfast.control.catalog;

import org.jspecify.annotations.NullMarked;
