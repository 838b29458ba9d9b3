/**
 * Telling people: channels, what is told to which of them, incidents that are told once when they begin and once when they are
 * over, digests, and pings to monitors. What happened comes in as {@link dev.holdfast.control.notify.Fact facts}; pure functions
 * make incidents of them; messages wait in the catalog until a channel took them. Who finds out the facts lives elsewhere.
 * Invariant: no text made from anything here contains a secret, and what one server has told no other tells again.
 */
@NullMarked
package dev.holdfast.control.notify;

import org.jspecify.annotations.NullMarked;
