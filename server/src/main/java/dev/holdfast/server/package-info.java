/**
 * HTTP in front of control: {@link dev.holdfast.server.HoldfastServer} puts the edge, the routes, the contract and the metrics
 * together. Nothing in it decides what a backup is; everything that it answers, control said.
 */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
