/**
 * S3 and everything that speaks its protocol: a bucket as a source, a target and something to compare with, and a bucket as
 * a place for repositories. The same client serves both. Keys are opaque bytes: no path is cleaned, no case folded, nothing
 * normalised. Nothing here knows what is backed up when, or how a repository is laid out. Invariants: a listing is never
 * trusted alone; an {@code ETag} is compared with an {@code ETag}, and with a digest only where the server says it is one.
 */
@NullMarked
package dev.holdfast.connectors.s3;

import org.jspecify.annotations.NullMarked;
