package dev.holdfast.control.access;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.RowView;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The way to the catalog's tables, and how values stand in them. */
final class Tables {
    /** Greater than every id, by any order of letters. */
    static final String AFTER_ALL = "8";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Jdbi jdbi;

    Tables(Catalog catalog) {
        this.jdbi = catalog.jdbi();
    }

    <T> T read(Function<Handle, T> query) {
        try {
            return jdbi.withHandle(query::apply);
        } catch (JdbiException e) {
            throw away(e);
        }
    }

    <T> T write(Function<Handle, T> change) {
        try {
            return jdbi.inTransaction(change::apply);
        } catch (JdbiException e) {
            throw away(e);
        }
    }

    void change(Consumer<Handle> change) {
        write(handle -> {
            change.accept(handle);
            return true;
        });
    }

    /** Waits until no other decision about administrators is under way, here or at another server, and keeps others out. */
    static void takeTurn(Handle handle) {
        handle.execute("UPDATE access_guard SET turn = turn + 1 WHERE id = 1");
    }

    static Grant grant(RowView row) {
        Role role = Role.valueOf(row.getColumn("role", String.class));
        return new Grant(role, scope(row.getColumn("stacks", String.class)));
    }

    static @Nullable String stacks(Grant grant) {
        return switch (grant.stacks()) {
            case StackScope.Every _ -> null;
            case StackScope.Only only -> JSON.writeValueAsString(only.names());
        };
    }

    private static StackScope scope(@Nullable String stacks) {
        return stacks == null ? StackScope.EVERY : StackScope.only(List.of(JSON.readValue(stacks, String[].class)));
    }

    static Instant instant(RowView row, String column) {
        return Instant.ofEpochMilli(row.getColumn(column, Long.class));
    }

    static Optional<Instant> maybeInstant(RowView row, String column) {
        return Optional.ofNullable(row.getColumn(column, Long.class)).map(Instant::ofEpochMilli);
    }

    static Optional<String> maybeText(RowView row, String column) {
        return Optional.ofNullable(row.getColumn(column, String.class));
    }

    static @Nullable Long millis(Optional<Instant> time) {
        return time.map(Instant::toEpochMilli).orElse(null);
    }

    private static Unavailable away(JdbiException failure) {
        return new Unavailable(
                ErrorCode.CATALOG_UNAVAILABLE,
                "the catalog could not do what was asked",
                "look whether its database is there; nothing was changed.",
                failure);
    }
}
