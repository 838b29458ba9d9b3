package dev.holdfast.control.operation;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A repository that is being opened beside other work: deriving its key takes about as long as looking at the sources. For
 * one thread.
 */
final class OpeningRepository implements AutoCloseable {
    private final FutureTask<OpenRepository> opening;
    private final Thread thread;
    private @Nullable OpenRepository opened;

    private OpeningRepository(FutureTask<OpenRepository> opening) {
        this.opening = opening;
        this.thread = Thread.ofPlatform().daemon().name("open repository").unstarted(opening);
    }

    static OpeningRepository begin(Repositories repositories, RepositoryConfig config) {
        OpeningRepository repository = new OpeningRepository(new FutureTask<>(() -> repositories.open(config)));
        repository.thread.start();
        return repository;
    }

    /**
     * The open repository; closed with this.
     *
     * @throws RuntimeException what opening it threw
     */
    OpenRepository await() {
        try {
            opened = opening.get();
            return opened;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "opening the repository was stopped", "", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        if (opened == null) {
            thread.interrupt();
            opened = whateverCame();
        }
        if (opened != null) {
            opened.close();
        }
    }

    private @Nullable OpenRepository whateverCame() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return opening.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return null; // nobody asked for it any more
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
