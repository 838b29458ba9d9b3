package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Who a scratch server runs as: PostgreSQL never runs as root, so root hands it, and the programs that run what is restored, to {@code
 * postgres} or {@code nobody}.
 *
 * @param other empty for whoever runs this
 */
record ScratchAccount(String other) {
    private static final String HINT = "run this as an ordinary user, or name a server with --scratch.";

    static ScratchAccount ofThisProcess() {
        if (!System.getProperty("user.name", "").equals("root")) {
            return new ScratchAccount("");
        }
        return Stream.of("postgres", "nobody")
                .filter(ScratchAccount::exists)
                .findFirst()
                .map(ScratchAccount::new)
                .orElseThrow(() -> new Unsupported(
                        ErrorCode.CONFIGURATION_INVALID,
                        "PostgreSQL does not run as root, and there is neither an account 'postgres' nor 'nobody'",
                        HINT));
    }

    boolean isOther() {
        return !other.isEmpty();
    }

    /** A command as that account runs it. */
    List<String> run(List<String> command) {
        if (!isOther()) {
            return command;
        }
        List<String> line = new ArrayList<>();
        if (onPath("setpriv")) {
            line.addAll(List.of("setpriv", "--reuid", other, "--regid", group(), "--clear-groups"));
        } else if (onPath("runuser")) {
            line.addAll(List.of("runuser", "-u", other, "--"));
        } else {
            throw new Unsupported(
                    ErrorCode.CONFIGURATION_INVALID,
                    "PostgreSQL does not run as root, and there is neither 'setpriv' nor 'runuser' to change to '"
                            + other + "'",
                    HINT);
        }
        line.addAll(command);
        return line;
    }

    /** Hands a file or folder over. */
    void own(Path path) throws IOException {
        if (isOther()) {
            Objects.requireNonNull(
                            Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS))
                    .setOwner(
                            path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(other));
        }
    }

    /** The first folder on the way that the account may not pass through; the root of the file system if there is none. */
    static Path closed(Path folder) throws IOException {
        for (Path at = folder.toAbsolutePath(); at.getParent() != null; at = at.getParent()) {
            if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return at;
            }
        }
        return folder.toAbsolutePath().getRoot();
    }

    private static boolean exists(String name) {
        try {
            Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
            return true;
        } catch (UserPrincipalNotFoundException e) {
            return false;
        } catch (IOException e) {
            return false; // who cannot be looked up cannot be changed to
        }
    }

    /** Debian's group of {@code nobody} is {@code nogroup}; elsewhere a group has the account's name. */
    private String group() {
        try {
            Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(other);
            return other;
        } catch (IOException e) {
            return "nogroup";
        }
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
