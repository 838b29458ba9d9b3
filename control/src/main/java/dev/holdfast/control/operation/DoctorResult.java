package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Diagnosis.Severity;
import java.util.List;
import java.util.Optional;

/**
 * What a look at everything that a backup needs found.
 *
 * @param patients each source, each destination, and the repository
 */
public record DoctorResult(List<Patient> patients) implements RunResult {
    public DoctorResult {
        patients = List.copyOf(patients);
    }

    /**
     * One that was looked at.
     *
     * @param kind {@code source}, {@code destination} or {@code repository}
     * @param name its name in the stack; empty for the repository
     * @param location where it is, without secrets; empty if that is not known
     */
    public record Patient(String kind, String name, String location, List<Diagnosis> diagnoses) {
        public Patient {
            diagnoses = List.copyOf(diagnoses);
        }
    }

    public long count(Severity severity) {
        return patients.stream()
                .flatMap(patient -> patient.diagnoses().stream())
                .filter(diagnosis -> diagnosis.severity() == severity)
                .count();
    }

    /** The code of the first problem, which is how a backup would end; else whether there is a warning. */
    @Override
    public Optional<ErrorCode> concern() {
        return patients.stream()
                .flatMap(patient -> patient.diagnoses().stream())
                .flatMap(diagnosis -> diagnosis.code().stream())
                .findFirst()
                .or(() -> count(Severity.WARNING) > 0 ? Optional.of(ErrorCode.FINDINGS) : Optional.empty());
    }
}
