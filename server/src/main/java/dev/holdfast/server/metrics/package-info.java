/**
 * What machines watch: metrics in the form of Prometheus, and whether the server can do its work. Only reads.
 */
@NullMarked
package dev.holdfast.server.metrics;

import org.jspecify.annotations.NullMarked;
