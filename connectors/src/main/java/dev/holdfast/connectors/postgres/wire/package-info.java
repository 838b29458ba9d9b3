/**
 * A client of PostgreSQL's frontend/backend protocol, version 3.0: connecting (TCP or a Unix socket, TLS, passwords), simple
 * queries with text results, COPY out and in, cancelling. It is made for moving many bytes: rows are handed over where they lie
 * in the receive buffer, nothing is allocated per row, memory does not grow with the length of a row, and a slow reader or
 * writer slows the server down.
 *
 * <p>What does not live here: what the statements mean, where a server is written down, how a failure is told to people (a
 * {@link dev.holdfast.connectors.postgres.wire.ServerError} and a {@link dev.holdfast.connectors.postgres.wire.WireException}
 * are translated by the caller); prepared statements, types, large results: the PostgreSQL driver has those.
 *
 * <p>Invariant: a method that returns was told by the server that all is done, in messages that were well formed to the last
 * byte. A method that throws leaves a connection that is usable (after a {@code ServerError} that is not fatal) or closed; never
 * one that is somewhere within a conversation.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol.html">Frontend/Backend Protocol</a>
 */
@NullMarked
package dev.holdfast.connectors.postgres.wire;

import org.jspecify.annotations.NullMarked;
