/**
 * What happens to an export's bytes between the exporter and the places: compressing, and one stream to several places at once.
 * Each is an {@link dev.holdfast.engine.source.ExportFile} in front of another. Nothing here knows what is exported or where it goes.
 * Invariant: a stream that was not committed never ends as a whole one would.
 */
@NullMarked
package dev.holdfast.connectors.encode;

import org.jspecify.annotations.NullMarked;
