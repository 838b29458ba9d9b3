/**
 * Tells who asks: sessions in cookies, API tokens, JWTs, an identity provider's tokens; and keeps other sites from asking in a
 * browser's name. What lives here knows headers and signatures, and neither routes nor the web framework: it takes a
 * {@link dev.holdfast.server.auth.WebRequest} and gives values. Invariant: whatever is wrong with a credential, the answer is
 * the same, and what is right with one counts only as long as the user and the token are still there.
 */
@NullMarked
package dev.holdfast.server.auth;

import org.jspecify.annotations.NullMarked;
