package dev.holdfast.server.view;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a kept file can be fetched.
 *
 * @param open whether whoever has it can use it; else it needs a credential of this server
 * @param expires until when, if it is open
 */
public record ExportLinkView(String url, boolean open, Optional<Instant> expires) {}
