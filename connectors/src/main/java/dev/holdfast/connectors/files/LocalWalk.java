package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.place.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;

/** Everything in a place and its folders but what lies behind links, in no order. For one thread. */
final class LocalWalk extends SimpleFileVisitor<Path> {
    /** What {@code fsck} keeps at the root of a file system, for root alone. */
    private static final String FOUND_BY_FSCK = "lost+found";

    /** Hears of everything that is no folder. */
    interface Visitor {
        void visit(Path file, BasicFileAttributes attributes) throws IOException;
    }

    private final Path root;
    private final byte[] rawRoot;
    private final String prefix;
    private final Visitor visitor;

    /**
     * @param prefix folders whose files cannot begin with it are left out
     */
    LocalWalk(Path root, byte[] rawRoot, String prefix, Visitor visitor) {
        this.root = root;
        this.rawRoot = rawRoot;
        this.prefix = prefix;
        this.visitor = visitor;
    }

    /** The name of a file below the root; empty if it is none. */
    static Optional<FileName> name(byte[] rawRoot, Path file) {
        byte[] raw = RawPath.of(file);
        int from = rawRoot.length + (rawRoot[rawRoot.length - 1] == '/' ? 0 : 1);
        try {
            return Optional.of(new FileName(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Arrays.copyOfRange(raw, from, raw.length)))
                    .toString()));
        } catch (CharacterCodingException | Invalid e) {
            return Optional.empty();
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        if (folder.equals(root)) {
            return FileVisitResult.CONTINUE;
        }
        boolean wanted = name(rawRoot, folder)
                .map(name -> name.text() + "/")
                .filter(name -> name.startsWith(prefix) || prefix.startsWith(name))
                .isPresent();
        return wanted ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        visitor.visit(file, attributes);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        boolean gone = failure instanceof NoSuchFileException && !file.equals(root);
        boolean foreign = failure instanceof AccessDeniedException && file.equals(root.resolve(FOUND_BY_FSCK));
        if (gone || foreign) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }
}
