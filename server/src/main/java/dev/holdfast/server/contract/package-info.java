/**
 * The contract of the API, {@code openapi.yaml}: read, served, shown as a page, and applied, so that no request gets to a route
 * that does not fit it. Knows JSON; knows no web framework. Invariant: what the file says is what is checked; there is no second
 * list of parameters.
 */
@NullMarked
package dev.holdfast.server.contract;

import org.jspecify.annotations.NullMarked;
