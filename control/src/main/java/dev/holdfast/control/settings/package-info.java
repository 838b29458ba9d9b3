/**
 * Settings of the whole service that may change while it runs. They live in the catalog, so all servers that share it have the
 * same. Invariant: what the environment says wins, and no secret is a setting.
 */
@NullMarked
package dev.holdfast.control.settings;

import org.jspecify.annotations.NullMarked;
