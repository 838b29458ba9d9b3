package dev.holdfast.engine.tree;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What a connector keeps with an entry besides its bytes: names (1 to 255 bytes of UTF-8) with opaque values. Numbers are
 * stored as decimal text. Immutable; ordered by name.
 */
public final class Attributes {
    public static final Attributes NONE = new Attributes(new TreeMap<>());

    private final SortedMap<String, byte[]> values;

    private Attributes(SortedMap<String, byte[]> values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.values.putAll(values);
        return builder;
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(v -> new String(v, StandardCharsets.UTF_8));
    }

    /**
     * @throws NumberFormatException if the value is not a number
     */
    public OptionalLong number(String name) {
        byte[] value = values.get(name);
        return value == null
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(new String(value, StandardCharsets.US_ASCII)));
    }

    public Optional<byte[]> bytes(String name) {
        return Optional.ofNullable(values.get(name)).map(byte[]::clone);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public int size() {
        return values.size();
    }

    /** Visits all in order of their names; the value is not to be changed. */
    public void forEach(BiConsumer<String, byte[]> visitor) {
        values.forEach(visitor);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Attributes attributes) || attributes.values.size() != values.size()) {
            return false;
        }
        for (Map.Entry<String, byte[]> entry : values.entrySet()) {
            if (!Arrays.equals(entry.getValue(), attributes.values.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<String, byte[]> entry : values.entrySet()) {
            hash += entry.getKey().hashCode() ^ Arrays.hashCode(entry.getValue());
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder("{");
        values.forEach((name, value) -> shown.append(shown.length() > 1 ? ", " : "")
                .append(name)
                .append('=')
                .append(EntryKey.copyOf(value.length > 64 ? Arrays.copyOf(value, 64) : value)));
        return shown.append('}').toString();
    }

    /** Collects attributes; for one thread. */
    public static final class Builder {
        private final SortedMap<String, byte[]> values = new TreeMap<>();

        private Builder() {}

        public Builder put(String name, byte[] value) {
            int length = name.getBytes(StandardCharsets.UTF_8).length;
            if (length < 1 || length > 255) {
                throw new IllegalArgumentException("attribute name of " + length + " bytes");
            }
            values.put(name, value.clone());
            return this;
        }

        public Builder put(String name, String value) {
            return put(name, value.getBytes(StandardCharsets.UTF_8));
        }

        public Builder put(String name, long value) {
            return put(name, Long.toString(value));
        }

        public Builder remove(String name) {
            values.remove(name);
            return this;
        }

        public Attributes build() {
            return values.isEmpty() ? NONE : new Attributes(new TreeMap<>(values));
        }
    }
}
