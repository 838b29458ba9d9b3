/**
 * Channels of the whole server that are made, changed and removed while it runs, beside those that its start names. They are in the
 * catalog, sealed, and hold at once at every server that shares it. What a channel may say is read by {@code control.config}, what
 * is sent to it by {@code control.notify}.
 */
@NullMarked
package dev.holdfast.control.channel;

import org.jspecify.annotations.NullMarked;
