package dev.holdfast.control.access;

import java.time.Instant;

/**
 * An entry of the audit trail.
 *
 * @param id greater than those of earlier entries; to continue a list from
 */
public record AuditRecord(String id, Instant at, AuditEntry entry) {}
