package dev.holdfast.connectors.files;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs work as a user without any rights: on a thread of its own (and those it starts) whose file system user is nobody.
 * Where the tests do not run as root, they run as somebody without rights anyway.
 */
final class AsNobody {
    private static final int NOBODY = 65534;

    private AsNobody() {}

    static <T> T call(Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                become("setfsgid");
                become("setfsuid");
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    @SuppressWarnings("restricted")
    private static void become(String call) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle handle = linker.downcallHandle(
                linker.defaultLookup().findOrThrow(call),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int before = (int) handle.invokeExact(NOBODY);
        if (before < 0) {
            throw new AssertionError(call + " gave " + before);
        }
    }
}
