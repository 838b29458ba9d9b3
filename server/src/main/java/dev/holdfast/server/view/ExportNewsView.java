package dev.holdfast.server.view;

import java.util.Optional;

/** What is told of an export between the bytes of its file: how far it is, and at last its report or why there is none. */
public record ExportNewsView(
        Optional<ProgressView> progress, Optional<ExportReportView> report, Optional<FailureView> error) {
    public static ExportNewsView of(ProgressView progress) {
        return new ExportNewsView(Optional.of(progress), Optional.empty(), Optional.empty());
    }

    public static ExportNewsView of(ExportReportView report) {
        return new ExportNewsView(Optional.empty(), Optional.of(report), Optional.empty());
    }

    public static ExportNewsView of(FailureView error) {
        return new ExportNewsView(Optional.empty(), Optional.empty(), Optional.of(error));
    }
}
