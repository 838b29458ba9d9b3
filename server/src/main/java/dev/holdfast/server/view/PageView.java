package dev.holdfast.server.view;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of a list.
 *
 * @param next the {@code after} of the next page
 */
public record PageView<T>(List<T> items, Optional<String> next) {
    public PageView {
        items = List.copyOf(items);
    }

    /**
     * The first of what was found, and where the next page begins.
     *
     * @param found one more than are shown, if there are more
     * @param limit how many are shown at most
     */
    public static <F, T> PageView<T> of(List<F> found, int limit, Function<F, T> view, Function<F, String> id) {
        List<F> shown = found.stream().limit(limit).toList();
        return new PageView<>(
                shown.stream().map(view).toList(),
                found.size() > limit ? Optional.of(id.apply(shown.getLast())) : Optional.empty());
    }
}
