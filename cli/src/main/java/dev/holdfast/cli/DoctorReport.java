package dev.holdfast.cli;

import dev.holdfast.control.operation.DoctorResult;
import dev.holdfast.control.operation.DoctorResult.Patient;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Diagnosis.Severity;
import java.util.Locale;
import java.util.Optional;

record DoctorReport(DoctorResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        return "a backup would fail: found " + Format.count(result.count(Severity.PROBLEM), "problem", "problems");
    }

    @Override
    public void text(Page page) {
        for (Patient patient : result.patients()) {
            page.heading(title(patient));
            patient.diagnoses().forEach(diagnosis -> tell(page, diagnosis));
            page.blank();
        }
        if (concern().isEmpty()) {
            page.good("All is well: a backup can be made.");
        } else if (result.count(Severity.PROBLEM) == 0) {
            page.warn("A backup can be made; there "
                    + (result.count(Severity.WARNING) == 1 ? "is " : "are ")
                    + Format.count(result.count(Severity.WARNING), "warning", "warnings") + ".");
        }
    }

    private static String title(Patient patient) {
        String kind = patient.kind().substring(0, 1).toUpperCase(Locale.ROOT)
                + patient.kind().substring(1);
        return kind
                + (patient.name().isEmpty() ? "" : " '" + patient.name() + "'")
                + (patient.location().isEmpty() ? "" : ": " + patient.location());
    }

    private static void tell(Page page, Diagnosis diagnosis) {
        String line = "  %-8s %s: %s"
                .formatted(label(diagnosis.severity()), diagnosis.subject(), diagnosis.found())
                .replace("\n", "\n           ");
        switch (diagnosis.severity()) {
            case OK, NOTE -> page.line(line);
            case WARNING -> page.warn(line);
            case PROBLEM -> page.bad(line);
        }
        if (!diagnosis.effect().isEmpty()) {
            page.line("           so " + diagnosis.effect());
        }
        if (!diagnosis.advice().isEmpty()) {
            page.line("           HINT: " + diagnosis.advice().replace("\n", "\n           "));
        }
    }

    private static String label(Severity severity) {
        return severity == Severity.PROBLEM ? "PROBLEM" : severity.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void json(Json json) {
        json.field("problems", result.count(Severity.PROBLEM))
                .field("warnings", result.count(Severity.WARNING))
                .objects(
                        "looked",
                        result.patients(),
                        (Patient patient) -> json.field("kind", patient.kind())
                                .field("name", patient.name())
                                .field("location", patient.location())
                                .objects("diagnoses", patient.diagnoses(), (Diagnosis diagnosis) -> {
                                    json.field(
                                                    "severity",
                                                    diagnosis.severity().name().toLowerCase(Locale.ROOT))
                                            .field("subject", diagnosis.subject())
                                            .field("found", diagnosis.found())
                                            .field("effect", diagnosis.effect())
                                            .field("advice", diagnosis.advice());
                                    diagnosis.code().ifPresent(code -> json.field("code", code.label()));
                                }));
    }
}
