package dev.holdfast.server.view;

import dev.holdfast.control.operation.DoctorResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Diagnosis;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a look at everything that a backup needs found. */
public record PreflightView(String verdict, long problems, long warnings, List<CheckView> checks) {
    /** What was looked at. */
    public record CheckView(String kind, String name, String location, List<DiagnosisView> diagnoses) {}

    /** What was found there. */
    public record DiagnosisView(
            String severity, String subject, String message, String consequence, String hint, Optional<String> code) {
        static DiagnosisView of(Diagnosis diagnosis) {
            return new DiagnosisView(
                    diagnosis.severity().name().toLowerCase(Locale.ROOT),
                    diagnosis.subject(),
                    diagnosis.found(),
                    diagnosis.effect(),
                    diagnosis.advice(),
                    diagnosis.code().map(ErrorCode::label));
        }
    }

    public static PreflightView of(DoctorResult result) {
        long problems = result.count(Diagnosis.Severity.PROBLEM);
        long warnings = result.count(Diagnosis.Severity.WARNING);
        return new PreflightView(
                problems > 0 ? "problem" : warnings > 0 ? "warning" : "ok",
                problems,
                warnings,
                result.patients().stream()
                        .map(patient -> new CheckView(
                                patient.kind(),
                                patient.name(),
                                patient.location(),
                                patient.diagnoses().stream()
                                        .map(DiagnosisView::of)
                                        .toList()))
                        .toList());
    }
}
