/**
 * Intent: stacks, runs, schedules, retention and drills. The stack file lives in {@code config}, what can be done with a
 * stack in {@code operation}, the only place that constructs connectors in {@code wiring}. No HTTP, no bytes, no terminal.
 */
@NullMarked
package dev.holdfast.control;

import org.jspecify.annotations.NullMarked;
