/**
 * What the API answers, as records that are written as JSON; the contract has a schema for each. Only translates: every value
 * comes from control. Invariant: no secret is in any of them, which a test shows by their types.
 */
@NullMarked
package dev.holdfast.server.view;

import org.jspecify.annotations.NullMarked;
