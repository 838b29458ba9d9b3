package dev.holdfast.server.view;

import java.util.List;
import java.util.Optional;

/** A page of the audit trail. */
public record AuditPageView(List<AuditView> items, Optional<String> next) {}
