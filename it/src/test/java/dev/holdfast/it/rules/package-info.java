/**
 * The rules between modules, checked on the compiled classes: who may import whom, and where the clock, the exit code and
 * foreign libraries may be touched.
 */
@NullMarked
package dev.holdfast.it.rules;

import org.jspecify.annotations.NullMarked;
