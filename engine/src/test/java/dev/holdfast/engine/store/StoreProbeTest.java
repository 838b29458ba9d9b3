package dev.holdfast.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

final class StoreProbeTest {
    private final MemoryStore memory = new MemoryStore();

    @Test
    void a_store_that_keeps_its_promises_passes_and_nothing_is_left() {
        StoreProbe.run(memory);

        List<StoredObject> left = new ArrayList<>();
        memory.list("", left::add);
        assertThat(left).isEmpty();
    }

    @Test
    void a_store_that_overwrites_is_refused() {
        assertRefused("a second creation of the same name is not refused", (call, arguments) -> {
            if (call.equals("create")) {
                memory.delete((StoreKey) arguments[0]);
            }
            return null;
        });
    }

    @Test
    void a_store_that_lists_nothing_is_refused() {
        assertRefused("a listing does not show", (call, arguments) -> call.equals("list") ? "skip" : null);
    }

    @Test
    void a_store_that_keeps_what_was_deleted_is_refused() {
        assertRefused("a deleted object is still there", (call, arguments) -> call.equals("delete") ? "skip" : null);
    }

    @Test
    void a_store_that_changes_bytes_is_refused() {
        assertRefused(
                "does not read back",
                (call, arguments) -> call.equals("read") && arguments.length == 1 ? new byte[] {1} : null);
    }

    /**
     * @param fault what to answer instead of the true answer; null for the true answer
     */
    private void assertRefused(String because, BiFunction<String, Object[], Object> fault) {
        ObjectStore broken = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    Object answer = fault.apply(method.getName(), arguments == null ? new Object[0] : arguments);
                    if (answer != null) {
                        return method.getReturnType() == void.class ? null : answer;
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });

        assertThatThrownBy(() -> StoreProbe.run(broken))
                .isInstanceOfSatisfying(
                        Unsupported.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNSUITABLE))
                .hasMessageContaining(because);
    }
}
