/**
 * A PostgreSQL database as a source, a target and something to compare with.
 *
 * <p>Its schema is what {@code pg_dump} of the server's major version says (never our own idea of it), kept as a custom-format
 * archive of the sections before and after the data. Its data is read by our own parallel {@code COPY} in text format and in
 * the server's encoding, on one exported snapshot that is taken only after every table is locked: a table that is truncated,
 * rewritten or dropped meanwhile waits, or the capture fails; it is never silently empty.
 *
 * <p>Entries of a part, in the order of their keys:
 *
 * <pre>
 * blob/&lt;oid, ten digits&gt;     LARGE_OBJECT  the bytes of a large object; owner and rights are in the schema
 * document/database          DOCUMENT      JSON: encoding, locale, owner, rights, settings, comment, extensions, schemas
 * document/hba               DOCUMENT      JSON: pg_hba.conf, for people; may be absent
 * document/ident             DOCUMENT      JSON: pg_ident.conf, for people; may be absent
 * document/roles             DOCUMENT      JSON: the roles the database uses and their memberships
 * document/schema            DOCUMENT      the archive of pg_dump, uncompressed, without data, its time of day fixed
 * document/server-settings   DOCUMENT      JSON: the server's settings, for people; may be absent
 * document/tablespaces       DOCUMENT      JSON: the server's tablespaces
 * sequence/&lt;schema&gt;.&lt;name&gt;   SEQUENCE      attributes schema, name, last-value, is-called
 * table/&lt;schema&gt;.&lt;name&gt;      TABLE         the table's own rows as COPY text; attributes schema, name, columns (JSON array),
 *                                          rows, hash (hex), kind (ordinary, partition, extension), persistence;
 *                                          root (JSON array of schema and name) where rows must be routed again;
 *                                          order where extension tables must be loaded one after the other
 * </pre>
 *
 * An identifier in a key is quoted as in SQL unless it is lower-case letters, digits and underscores alone, so keys are
 * unambiguous. The hash of a table is the sum modulo 2^128 of the XXH3-128 of each row's text without its line end: it does
 * not depend on the order of rows, so that a restored table can be compared.
 *
 * <p>What does not live here: when or why a database is captured, how bytes are stored. Invariant: every selected table the snapshot
 * shows has an entry, every entry's row count was confirmed by the server, or the capture throws.
 */
@NullMarked
package dev.holdfast.connectors.postgres;

import org.jspecify.annotations.NullMarked;
