package dev.holdfast.connectors.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a given size in memory, mounted for one test (which needs root). */
public final class SmallDisk implements AutoCloseable {
    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    public static SmallDisk mounted(Path path, String size) throws IOException, InterruptedException {
        Files.createDirectories(path);
        Shell.run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString());
        return new SmallDisk(path);
    }

    public Path path() {
        return path;
    }

    public void remount(String option) throws IOException, InterruptedException {
        Shell.run("mount", "-o", "remount," + option, path.toString());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Shell.run("umount", path.toString());
    }
}
