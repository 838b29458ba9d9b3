package dev.holdfast.engine.source;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.util.Optional;

/**
 * One thing that was looked at before anything is done.
 *
 * @param severity how much it matters
 * @param subject what was looked at, such as {@code privileges}
 * @param found what was found
 * @param effect what will happen because of it; empty where all is well
 * @param advice what to do; empty where there is nothing
 * @param code with which a run would end; only of a problem
 */
public record Diagnosis(
        Severity severity, String subject, String found, String effect, String advice, Optional<ErrorCode> code) {
    /** From good to bad. */
    public enum Severity {
        /** As it should be. */
        OK,
        /** Good to know; it changes nothing. */
        NOTE,
        /** A run would be done, but something would be missing, or may go wrong. */
        WARNING,
        /** A run would end. */
        PROBLEM
    }

    public static Diagnosis ok(String subject, String found) {
        return new Diagnosis(Severity.OK, subject, found, "", "", Optional.empty());
    }

    public static Diagnosis note(String subject, String found, String effect) {
        return new Diagnosis(Severity.NOTE, subject, found, effect, "", Optional.empty());
    }

    public static Diagnosis warning(String subject, String found, String effect, String advice) {
        return new Diagnosis(Severity.WARNING, subject, found, effect, advice, Optional.empty());
    }

    /** What a run would end with. */
    public static Diagnosis problem(String subject, HoldfastException failure) {
        return new Diagnosis(
                Severity.PROBLEM,
                subject,
                failure.getMessage(),
                "a run would end with exit code " + failure.code().number() + " ("
                        + failure.code().label() + ")",
                failure.hint(),
                Optional.of(failure.code()));
    }
}
