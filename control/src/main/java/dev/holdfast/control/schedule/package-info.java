/**
 * When something is due: the text of a schedule, the moments it names in a time zone, and how far a stack is moved away from
 * them. Nothing here starts a run or knows the time. Invariant: the moments depend on the text, the zone and the name of the
 * stack alone, so every server of a catalog finds the same ones.
 */
@NullMarked
package dev.holdfast.control.schedule;

import org.jspecify.annotations.NullMarked;
