package dev.holdfast.engine.source;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a look at a source found.
 *
 * @param diagnoses in the order in which they matter to a reader
 * @param bytes how much there is to read, as far as that is known without reading it
 */
public record Checkup(List<Diagnosis> diagnoses, OptionalLong bytes) {
    public Checkup {
        diagnoses = List.copyOf(diagnoses);
    }
}
