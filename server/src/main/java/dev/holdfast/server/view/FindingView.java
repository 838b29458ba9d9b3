package dev.holdfast.server.view;

import dev.holdfast.engine.source.Finding;
import java.util.List;

/** What a person should know. */
public record FindingView(String subject, String message) {
    public static FindingView of(Finding finding) {
        return new FindingView(finding.subject(), finding.message());
    }

    static List<FindingView> of(List<Finding> findings) {
        return findings.stream()
                .map(finding -> new FindingView(finding.subject(), finding.message()))
                .toList();
    }
}
