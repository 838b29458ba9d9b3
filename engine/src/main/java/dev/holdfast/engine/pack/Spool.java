package dev.holdfast.engine.pack;

import dev.holdfast.engine.error.HoldfastException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The folders in which packs wait for the destinations, the best first. Safe for many threads. */
public final class Spool {
    private final Deque<Folder> folders;
    private final BiConsumer<Folder, HoldfastException> onFailure;

    /**
     * @param folders at least one, the best first
     * @param onFailure hears of a folder that can no longer be written
     */
    public Spool(List<Folder> folders, BiConsumer<Folder, HoldfastException> onFailure) {
        this.folders = new ArrayDeque<>(folders);
        this.onFailure = onFailure;
    }

    /**
     * A folder for packs.
     *
     * @param path where
     * @param destination the destination on whose file system it lies and which can adopt a file from it
     */
    public record Folder(Path path, Optional<String> destination) {}

    SpoolFile begin(String name) {
        return new SpoolFile(this, name);
    }

    synchronized Folder current() {
        return folders.getFirst();
    }

    /** Gives up a folder; the failure is thrown when it was the last one. */
    void failed(Folder folder, HoldfastException reason) {
        synchronized (this) {
            if (!folders.getFirst().equals(folder)) {
                return;
            }
            if (folders.size() == 1) {
                throw reason;
            }
            folders.removeFirst();
        }
        onFailure.accept(folder, reason);
    }
}
