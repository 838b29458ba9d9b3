/**
 * What can be done with a stack, one class for each, that the command line, the API and the schedule start alike. Each takes
 * a request, tells a listener how it goes and returns a record or throws; nothing is printed here, and no connector is
 * constructed here. Invariant: an operation that returns says everything that is not as it should be.
 */
@NullMarked
package dev.holdfast.control.operation;

import org.jspecify.annotations.NullMarked;
