package dev.holdfast.server.http;

import dev.holdfast.control.access.Role;
import java.util.Optional;

/**
 * One line of the table of routes.
 *
 * @param path as the contract writes it, {@code /api/v1/runs/{run}}
 * @param access who may call it
 * @param narrows whether the endpoint itself looks for which stacks who asks has that role; else the edge does
 * @param endpoint what answers
 */
public record Route(Method method, String path, Admission access, boolean narrows, Endpoint endpoint) {
    /** Answers a call that was admitted and fits the contract. */
    @FunctionalInterface
    public interface Endpoint {
        Answer answer(Call call);
    }

    public static Route get(String path, Admission access, Endpoint endpoint) {
        return new Route(Method.GET, path, access, false, endpoint);
    }

    public static Route post(String path, Admission access, Endpoint endpoint) {
        return new Route(Method.POST, path, access, false, endpoint);
    }

    public static Route put(String path, Admission access, Endpoint endpoint) {
        return new Route(Method.PUT, path, access, false, endpoint);
    }

    public static Route patch(String path, Admission access, Endpoint endpoint) {
        return new Route(Method.PATCH, path, access, false, endpoint);
    }

    public static Route delete(String path, Admission access, Endpoint endpoint) {
        return new Route(Method.DELETE, path, access, false, endpoint);
    }

    /** The same, whose endpoint narrows it to stacks. */
    public Route narrowing() {
        return new Route(method, path, access, true, endpoint);
    }

    /** The role it needs; empty where none is needed. */
    Optional<Role> role() {
        return switch (access) {
            case ANYONE -> Optional.empty();
            case WATCHER, VIEWER -> Optional.of(Role.VIEWER);
            case OPERATOR -> Optional.of(Role.OPERATOR);
            case ADMIN -> Optional.of(Role.ADMIN);
        };
    }
}
