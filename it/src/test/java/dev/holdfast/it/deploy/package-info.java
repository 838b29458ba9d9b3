/** The files that others deploy with. */
@NullMarked
package dev.holdfast.it.deploy;

import org.jspecify.annotations.NullMarked;
