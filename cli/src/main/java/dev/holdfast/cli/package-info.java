/**
 * The commands and the composition root: the only place that knows a terminal, an exit code and the system clock. A command
 * reads its options, runs one operation of {@code control} and hands its result to a report, which is shown as text or as
 * JSON. Invariant: standard output carries the result and nothing else.
 */
@NullMarked
package dev.holdfast.cli;

import org.jspecify.annotations.NullMarked;
