/**
 * Ways through an SSH server. What is sent through them is not known here, nor who may use them. Invariant: no byte of a
 * secret or of data goes to a server whose host key was not known before.
 */
@NullMarked
package dev.holdfast.connectors.ssh;

import org.jspecify.annotations.NullMarked;
