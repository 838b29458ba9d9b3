/**
 * Keys and seals: what turns a passphrase into the master key, the master key into keys for one purpose each, and plain bytes
 * into sealed ones. Nothing here knows what the bytes mean. Invariant: a key seals under a nonce once.
 */
@NullMarked
package dev.holdfast.engine.crypto;

import org.jspecify.annotations.NullMarked;
