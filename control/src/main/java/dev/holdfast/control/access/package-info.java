/**
 * Who may do what: users with their roles, sessions, API tokens, the first administrator, the limits on tries to sign in, and
 * the trail of what was done. What lives here decides by values; cookies, headers and tokens that others sign live in the
 * server. Invariants: no secret is stored that could be used (passwords as Argon2id, everything random as SHA-256); there is
 * never nobody left who may administer; a right is looked up when it is used, so what is taken away is gone at once.
 */
@NullMarked
package dev.holdfast.control.access;

import org.jspecify.annotations.NullMarked;
