package dev.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real file system of a few megabytes, in memory. Root mounts it for all to see; others mount it in a name space of their
 * own, which commands then have to enter.
 */
final class SmallDisk implements AutoCloseable {
    private static final String MOUNT = "mount -t tmpfs -o size=\"$1\",mode=0777 tmpfs \"$2\"";

    private final Path path;
    private final @Nullable Process space;

    private SmallDisk(Path path, @Nullable Process space) {
        this.path = path;
        this.space = space;
    }

    static SmallDisk mounted(Path path, String size) {
        try {
            Files.createDirectories(path);
            if (Shell.isRoot()) {
                Shell.run("sh", "-c", MOUNT, "sh", size, path.toString());
                return new SmallDisk(path, null);
            }
            Process space = new ProcessBuilder(
                            "unshare",
                            "-rm",
                            "sh",
                            "-c",
                            MOUNT + " && echo mounted && exec cat",
                            "sh",
                            size,
                            path.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = space.inputReader().readLine();
            if (!"mounted".equals(said)) {
                throw new AssertionError("a small file system cannot be mounted, neither as root nor in a name space ("
                        + said + "): run these tests as root, or allow name spaces to users");
            }
            return new SmallDisk(path, space);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    /** What stands before a command that is to see it. */
    List<String> prefix() {
        return space == null
                ? List.of()
                : List.of("nsenter", "--preserve-credentials", "-U", "-m", "-t", Long.toString(space.pid()), "--");
    }

    void resize(String size) {
        remount("size=" + size);
    }

    /** As the kernel does when a disk fails. */
    void readOnly() {
        remount("ro");
    }

    void writable() {
        remount("rw");
    }

    private void remount(String how) {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(List.of("mount", "-o", "remount," + how, path.toString()));
        Shell.run(command.toArray(String[]::new));
    }

    /** Leaves room for that many bytes. */
    void leave(long bytes) {
        String[] lines = inside("df", "--output=used", "--block-size=1", path.toString())
                .strip()
                .split("\\s+");
        resize(Long.toString(Long.parseLong(lines[lines.length - 1]) + bytes));
    }

    /** Takes all room that is left, also what others give back meanwhile. */
    void fill() {
        Until.met("there is no room", () -> {
            inside("dd", "if=/dev/zero", "of=" + filler(), "bs=4096", "oflag=append", "conv=notrunc", "status=none");
            return inside("df", "--output=avail", path.toString()).matches("(?s)\\s*Avail\\s+0\\s*");
        });
    }

    /** Gives back what {@link #fill} took. */
    void empty() {
        inside("rm", filler().toString());
    }

    private Path filler() {
        return path.resolve("filler");
    }

    private String inside(String... command) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(List.of(command));
        return Shell.tried(all.toArray(String[]::new));
    }

    @Override
    public void close() throws IOException {
        if (space == null) {
            Shell.run("umount", path.toString());
        } else {
            space.getOutputStream().close();
            space.destroy();
        }
    }
}
