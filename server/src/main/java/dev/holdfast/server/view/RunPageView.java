package dev.holdfast.server.view;

import dev.holdfast.control.run.RunId;
import dev.holdfast.control.run.RunPage;
import java.util.List;
import java.util.Optional;

/** A page of runs. */
public record RunPageView(List<RunView> items, Optional<String> next) {
    public static RunPageView of(RunPage page) {
        return new RunPageView(
                page.runs().stream().map(RunView::brief).toList(), page.next().map(RunId::text));
    }
}
