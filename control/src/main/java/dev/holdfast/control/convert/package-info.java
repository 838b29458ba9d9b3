/**
 * Stack files made of the configuration of other tools. Each line that has no counterpart is told in a comment. Invariant: no secret is
 * ever copied; where one stood, the stack file names a variable or a file.
 */
@NullMarked
package dev.holdfast.control.convert;

import org.jspecify.annotations.NullMarked;
