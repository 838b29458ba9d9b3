package dev.holdfast.control.notify;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says what a test says. */
final class FixedBook implements NotificationBook {
    private final Map<String, Notifications> stacks = new LinkedHashMap<>();
    private volatile Notifications server = Notifications.NONE;

    synchronized FixedBook stack(String name, Notifications said) {
        stacks.put(name, said);
        return this;
    }

    FixedBook server(Notifications said) {
        server = said;
        return this;
    }

    synchronized void forget(String name) {
        stacks.remove(name);
    }

    @Override
    public synchronized Set<String> stacks() {
        return Set.copyOf(stacks.keySet());
    }

    @Override
    public synchronized Optional<Notifications> ofStack(String stack) {
        return Optional.ofNullable(stacks.get(stack));
    }

    @Override
    public Notifications ofServer() {
        return server;
    }
}
