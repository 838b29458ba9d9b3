package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import java.nio.file.Path;

/** How a server finds its catalog when it starts. */
public sealed interface SetUpState {
    /** There is an administrator. */
    record Done() implements SetUpState {}

    /** The environment named one, who was just made. */
    record Made(User administrator) implements SetUpState {}

    /**
     * There is none yet.
     *
     * @param code what the first administrator has to show
     * @param file where it also stands
     */
    record Needed(Secret code, Path file) implements SetUpState {}
}
