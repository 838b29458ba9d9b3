package dev.holdfast.control.notify;

import java.util.Optional;

/**
 * What a message says of a run.
 *
 * @param id its id
 * @param kind as {@code backup}
 * @param state as {@code failed}
 * @param snapshot the snapshot it made or used
 * @param logTail the end of its log, may be empty
 */
public record RunNote(String id, String kind, String state, Optional<String> snapshot, String logTail) {}
