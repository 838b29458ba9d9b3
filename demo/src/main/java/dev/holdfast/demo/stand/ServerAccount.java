package dev.holdfast.demo.stand;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The account a server runs under. PostgreSQL refuses to run as root, so root hands it to {@code postgres} or, where that
 * does not exist, to {@code nobody}; everybody else runs it as themselves.
 *
 * @param other the account to change to, or null to stay
 */
record ServerAccount(@Nullable String other) {

    static ServerAccount forThisProcess() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new ServerAccount(null);
        }
        return Stream.of("postgres", "nobody")
                .filter(ServerAccount::exists)
                .findFirst()
                .map(ServerAccount::new)
                .orElseThrow(() -> new StandFailure("PostgreSQL does not run as root, and there is neither an account"
                        + " 'postgres' nor 'nobody' to run it as: start this as an ordinary user"));
    }

    boolean isOther() {
        return other != null;
    }

    /** The command, run under this account. */
    List<String> run(List<String> command) {
        if (other == null) {
            return command;
        }
        List<String> line = new ArrayList<>();
        if (onPath("setpriv")) {
            line.addAll(List.of("setpriv", "--reuid", other, "--regid", group(other), "--clear-groups"));
        } else if (onPath("runuser")) {
            line.addAll(List.of("runuser", "-u", other, "--"));
        } else {
            throw new StandFailure(
                    "PostgreSQL does not run as root, and neither 'setpriv' nor 'runuser' is here to run it"
                            + " as '%s': install util-linux, or start this as an ordinary user".formatted(other));
        }
        line.addAll(command);
        return line;
    }

    /** Makes this account the owner of the tree. */
    void own(Path tree) {
        if (other == null) {
            return;
        }
        try {
            UserPrincipal owner =
                    tree.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(other);
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                        throws IOException {
                    return visitFile(folder, attributes);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Objects.requireNonNull(Files.getFileAttributeView(
                                    file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS))
                            .setOwner(owner);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new StandFailure("cannot give '%s' to the account '%s': %s".formatted(tree, other, e), e);
        }
    }

    private static boolean exists(String name) {
        try {
            Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
            return true;
        } catch (UserPrincipalNotFoundException e) {
            return false;
        } catch (IOException e) {
            throw new StandFailure("cannot look up the account '%s': %s".formatted(name, e), e);
        }
    }

    private static String group(String account) {
        // Debian's group of 'nobody' is 'nogroup'; the group that carries the account's name is there everywhere else
        try {
            Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(account);
            return account;
        } catch (IOException e) {
            return "nogroup";
        }
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
