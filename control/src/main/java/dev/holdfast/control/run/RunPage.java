package dev.holdfast.control.run;

import java.util.List;
import java.util.Optional;

/**
 * Some runs, newest first.
 *
 * @param next after which id the next page begins; empty if this is the last
 */
public record RunPage(List<RunRecord> runs, Optional<RunId> next) {
    public RunPage {
        runs = List.copyOf(runs);
    }
}
