package dev.holdfast.engine.store;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The proof behind {@link ObjectStore#probe}: makes scratch objects under {@code probe/}, checks each promise that a
 * repository relies on, and removes them again. Every store uses it, so that all are held to the same.
 */
public final class StoreProbe {
    private static final String HINT =
            "Keep the repository in another place: here, snapshots could be lost or mixed up.";

    private final ObjectStore store;
    private final String prefix = "probe/" + UUID.randomUUID() + "/";
    private final StoreKey first = new StoreKey(prefix + "first");
    private final StoreKey second = new StoreKey(prefix + "second");
    private final byte[] content = "holdfast probe 0123456789".getBytes(StandardCharsets.US_ASCII);

    private StoreProbe(ObjectStore store) {
        this.store = store;
    }

    /**
     * @throws Unsupported (STORE_UNSUITABLE) naming the promise that is not kept
     */
    public static void run(ObjectStore store) {
        StoreProbe probe = new StoreProbe(store);
        try {
            probe.created();
            probe.createdOnce();
            probe.listed();
            probe.deleted();
        } finally {
            store.delete(probe.first);
            store.delete(probe.second);
        }
    }

    private void created() {
        store.create(first, Body.of(content));
        store.create(second, Body.of(new byte[0]));
        expect(Arrays.equals(content, store.read(first)), "an object does not read back as it was written");
        expect(
                Arrays.equals(Arrays.copyOfRange(content, 9, 14), store.read(first, 9, 5)),
                "a range of an object does not read back as it was written");
        expect(store.size(first) == content.length && store.size(second) == 0, "an object has the wrong length");
        expect(refusesRangePastTheEnd(), "a range past the end of an object is answered");
    }

    private boolean refusesRangePastTheEnd() {
        try {
            store.read(first, content.length - 5, 10);
            return false;
        } catch (Damaged e) {
            return true;
        }
    }

    private void createdOnce() {
        try {
            store.create(first, Body.of("another".getBytes(StandardCharsets.US_ASCII)));
        } catch (AlreadyExists e) {
            expect(Arrays.equals(content, store.read(first)), "a refused creation changed the object that was there");
            return;
        }
        throw unsuitable("a second creation of the same name is not refused");
    }

    private void listed() {
        Map<StoreKey, Long> found = new HashMap<>();
        store.list(prefix, object -> found.put(object.key(), object.bytes()));
        expect(
                found.equals(Map.of(first, (long) content.length, second, 0L)),
                "a listing does not show what was just created");
    }

    private void deleted() {
        store.delete(first);
        store.delete(first);
        store.delete(second);
        boolean[] shown = {false};
        store.list(prefix, object -> shown[0] = true);
        expect(!shown[0] && gone(first), "a deleted object is still there");
    }

    private boolean gone(StoreKey key) {
        try {
            store.size(key);
            return false;
        } catch (Missing e) {
            return true;
        }
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw unsuitable(otherwise);
        }
    }

    private Unsupported unsuitable(String what) {
        return new Unsupported(
                ErrorCode.STORE_UNSUITABLE, "'" + store.location() + "' cannot hold a repository: " + what, HINT);
    }
}
