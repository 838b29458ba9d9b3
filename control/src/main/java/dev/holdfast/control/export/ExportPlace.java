package dev.holdfast.control.export;

import dev.holdfast.control.retention.RetentionPolicy;

/**
 * A place of an export.
 *
 * @param name its name in the stack file
 * @param config where it is
 * @param keep what is kept there
 * @param byHand whether files go there only when somebody asks for it
 */
public record ExportPlace(String name, PlaceConfig config, RetentionPolicy keep, boolean byHand) {}
