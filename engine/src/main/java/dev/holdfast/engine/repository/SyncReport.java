package dev.holdfast.engine.repository;

import java.util.List;

/**
 * What it took to bring destinations level.
 *
 * @param objectsCopied objects copied, over all destinations
 * @param bytesCopied their bytes
 * @param destinations how each stands now
 */
public record SyncReport(long objectsCopied, long bytesCopied, List<DestinationState> destinations) {
    public SyncReport {
        destinations = List.copyOf(destinations);
    }
}
