/** What the server asks: everything of control that routes and metrics need, in one record. Nothing else lives here. */
@NullMarked
package dev.holdfast.server.services;

import org.jspecify.annotations.NullMarked;
