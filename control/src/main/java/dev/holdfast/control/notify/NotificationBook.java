package dev.holdfast.control.notify;

import java.util.Optional;
import java.util.Set;

/** Knows what each stack and the server say about telling people, as it is now. */
public interface NotificationBook {
    /** The names of all stacks. */
    Set<String> stacks();

    /** What a stack says; nothing if there is no such stack any more. */
    Optional<Notifications> ofStack(String stack);

    /** What the server says, for all stacks and for itself. Its alarm limits hold for facts without a stack. */
    Notifications ofServer();
}
