package dev.holdfast.control.operation;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.PostgresConfig;

/**
 * The order of parts: databases before buckets before directories. What a database refers to is captured after it, and so
 * is there.
 */
final class Order {
    private Order() {}

    static int of(String kind) {
        return switch (kind) {
            case PostgresConfig.KIND -> 0;
            case BucketConfig.KIND -> 1;
            default -> 2;
        };
    }
}
