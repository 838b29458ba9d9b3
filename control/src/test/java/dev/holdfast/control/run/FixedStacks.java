package dev.holdfast.control.run;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.stack.StackOrigin;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/** Stacks that a test gives; they cannot be edited. */
final class FixedStacks implements Stacks {
    private final Map<String, StackRecord> stacks = new ConcurrentSkipListMap<>();

    FixedStacks with(StackConfig config) {
        stacks.put(config.name(), new StackRecord(config.name(), config, StackOrigin.FILE, 1));
        return this;
    }

    void without(String name) {
        stacks.remove(name);
    }

    void change(String name, UnaryOperator<StackPolicies> change) {
        StackConfig config = stacks.get(name).config();
        with(config.withPolicies(change.apply(config.policies())));
    }

    @Override
    public List<StackRecord> list() {
        return new ArrayList<>(stacks.values());
    }

    @Override
    public Optional<StackRecord> find(String name) {
        return Optional.ofNullable(stacks.get(name));
    }

    @Override
    public StackRecord show(String name) {
        return find(name).orElseThrow(() -> new Missing(ErrorCode.UNKNOWN_NAME, "no stack " + name, ""));
    }

    @Override
    public List<Trouble> troubles() {
        return List.of();
    }

    @Override
    public StackRecord create(String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public StackRecord change(String name, String text, long revision) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void remove(String name, long revision) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> text(String name) {
        return Optional.empty();
    }

    @Override
    public void reload() {}
}
