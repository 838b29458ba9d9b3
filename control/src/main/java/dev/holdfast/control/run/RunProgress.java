package dev.holdfast.control.run;

import dev.holdfast.control.operation.Step;

/**
 * How far the present step of a run has come.
 *
 * @param phase what is done
 * @param subject to what: a part's name, or empty for the whole
 * @param entries entries done
 * @param expectedEntries entries expected so far; 0 if that is not known
 * @param bytes bytes done
 * @param expectedBytes bytes expected so far; 0 if that is not known
 */
public record RunProgress(
        Step.Phase phase, String subject, long entries, long expectedEntries, long bytes, long expectedBytes) {}
