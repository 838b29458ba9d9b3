/**
 * What is kept and why: from the snapshots of one stack and a policy to a plan that says it for every one of them. Nothing
 * here removes anything; {@code RetentionOperation} does. Invariants: nothing of another stack is ever in a plan, nothing
 * pinned is ever removed, there are never fewer whole snapshots left than the policy's minimum, and a policy that asks for
 * more never keeps less.
 */
@NullMarked
package dev.holdfast.control.retention;

import org.jspecify.annotations.NullMarked;
