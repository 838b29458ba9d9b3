package dev.holdfast.control.notify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** What is asked of a table whose rows have ordered ids. For one thread. */
final class Conditions {
    private final List<String> conditions = new ArrayList<>(List.of("1 = 1"));
    private final Map<String, List<String>> lists = new LinkedHashMap<>();
    private Optional<String> before = Optional.empty();

    /**
     * @param values of a column; empty for any
     */
    Conditions among(String column, Optional<Set<String>> values) {
        values.ifPresent(some -> {
            if (some.isEmpty()) {
                conditions.add("1 = 0");
            } else {
                conditions.add(column + " IN (<" + column + ">)");
                lists.put(column, List.copyOf(some));
            }
        });
        return this;
    }

    Conditions plain(String condition) {
        conditions.add(condition);
        return this;
    }

    /** Older than the row with an id. */
    Conditions before(Optional<String> id) {
        before = id;
        id.ifPresent(_ -> conditions.add(":before > id"));
        return this;
    }

    /** The rows, the newest first. */
    Query query(Handle handle, String table, int most) {
        Query query = handle.createQuery("SELECT * FROM " + table + " WHERE " + String.join(" AND ", conditions)
                        + " ORDER BY id DESC LIMIT :most")
                .bind("most", most);
        before.ifPresent(id -> query.bind("before", id));
        lists.forEach(query::bindList);
        return query;
    }
}
