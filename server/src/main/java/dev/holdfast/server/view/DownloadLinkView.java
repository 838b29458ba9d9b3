package dev.holdfast.server.view;

import java.time.Instant;

/**
 * A download link.
 *
 * @param id by which the audit trail names it
 * @param url the link itself
 */
public record DownloadLinkView(String id, String url, Instant expires) {}
