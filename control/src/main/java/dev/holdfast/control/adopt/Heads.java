package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead;
import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.HeadReader;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at how the files of a place begin, several at a time. */
final class Heads {
    private static final int AT_A_TIME = 8;

    private final FilePlace place;
    private final HeadReader reader;

    Heads(FilePlace place, HeadReader reader) {
        this.place = place;
        this.reader = reader;
    }

    /**
     * @throws Unavailable if the place does not answer any more
     */
    Map<FileName, BackupHead> of(List<PlacedFile> files) {
        Map<FileName, BackupHead> heads = new ConcurrentHashMap<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(
                AT_A_TIME, Thread.ofVirtual().name("head-", 0).factory())) {
            List<Future<?>> looking = files.stream()
                    .<Future<?>>map(file -> workers.submit(() -> heads.put(file.name(), head(file))))
                    .toList();
            looking.forEach(Heads::await);
        }
        return heads;
    }

    private static void await(Future<?> look) {
        try {
            look.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HoldfastException known) {
                throw known;
            }
            throw new IllegalStateException("a look at a file failed", e.getCause());
        }
    }

    private BackupHead head(PlacedFile file) {
        try (InputStream in = place.open(file.name())) {
            return reader.read(in, place.location(file.name()));
        } catch (Unavailable e) {
            throw e;
        } catch (HoldfastException e) {
            return unreadable(Objects.requireNonNullElse(e.getMessage(), ""));
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE,
                    "'" + place.location(file.name()) + "' cannot be read: " + e.getMessage(),
                    "see whether the place answers.",
                    e);
        }
    }

    private static BackupHead unreadable(String why) {
        return new BackupHead(
                List.of(), Kind.UNKNOWN, Optional.empty(), Optional.empty(), Optional.of("it cannot be read: " + why));
    }
}
