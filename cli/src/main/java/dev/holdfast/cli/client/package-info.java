/**
 * The other side of the REST API: asks a server and turns its answers into the values that the same operation gives on this
 * machine, so that whoever shows them need not know where they come from. Nothing here knows a command line or a terminal.
 */
@NullMarked
package dev.holdfast.cli.client;

import org.jspecify.annotations.NullMarked;
