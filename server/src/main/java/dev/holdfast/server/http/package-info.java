/**
 * The edge: how a request is admitted, limited, checked against the contract, answered, streamed, and how what went wrong is
 * told. Knows the web framework; knows no stack and no snapshot. Invariant: no request gets past it without the role that its
 * route names, and no failure leaves it but as a problem document.
 */
@NullMarked
package dev.holdfast.server.http;

import org.jspecify.annotations.NullMarked;
