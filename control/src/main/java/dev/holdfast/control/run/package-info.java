/**
 * Runs: executions of the operations that are asked for, wait for their turn, are carried out by one of the servers that share a
 * catalog, and leave a record. What lives here is the queue, who may run beside whom, what is due, heartbeats and takeover, cancel,
 * retry, the watchdog, events and logs. What a run does lives in {@code operation}; when it is due in {@code schedule}.
 * Invariant: a run that was asked for ends in exactly one final state, and whoever has lost a run changes nothing of it any more.
 */
@NullMarked
package dev.holdfast.control.run;

import org.jspecify.annotations.NullMarked;
