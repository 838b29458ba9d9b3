package dev.holdfast.cli.service;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.server.services.RecoveryCodes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What opens repositories and was made here: one passphrase for all stacks that were given none, and the recovery code of each
 * repository. Files of mode 600 in the state folder; a key is never made twice or written over. Safe for many threads.
 */
public final class MadeKeys {
    private static final String PASSPHRASE = "passphrase";
    private static final String RECOVERY_CODE = ".recovery-code";
    private static final String SAVED = ".recovery-code-saved";
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int CHARACTERS = 40;
    private static final int GROUP = 5;
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final Path folder;
    private final SecureRandom random;

    public MadeKeys(StateFolder state, SecureRandom random) {
        this.folder = state.path().resolve("keys");
        this.random = random;
    }

    /** Where the key is, if one was made here. */
    public Path passphraseFile() {
        return folder.resolve(PASSPHRASE);
    }

    /** An environment that has a key: its own, or the one that was made here, which is done now if need be. */
    public Environment keyed(Environment environment) {
        return environment.repositoryKey().isPresent() ? environment : with(environment, passphrase());
    }

    /** As {@link #keyed}, but makes nothing: a key that is not there stays away. */
    public Environment keyedIfMade(Environment environment) {
        return environment.repositoryKey().isPresent()
                ? environment
                : read(passphraseFile()).map(text -> with(environment, text)).orElse(environment);
    }

    private static Environment with(Environment environment, String passphrase) {
        Map<String, String> variables = new HashMap<>(environment.variables());
        variables.put(Environment.PASSPHRASE, passphrase);
        return new Environment(variables);
    }

    /** Whether what opens a repository is the key that was made here. */
    public boolean opens(RepositoryConfig repository) {
        return repository.key().isPresent()
                && read(passphraseFile()).map(RepositoryKey.Passphrase::new).equals(repository.key());
    }

    private synchronized String passphrase() {
        Path file = passphraseFile();
        if (!Files.exists(file)) {
            // somebody else may have been faster: then the key is theirs
            boolean _ = write(file, fresh());
        }
        return read(file).orElseThrow(() -> empty(file));
    }

    /** What was in it may be what opens a repository, so no other is made in its place. */
    private static Failed empty(Path file) {
        return new Failed(
                ErrorCode.FILE_UNREADABLE,
                "the key in '" + file + "' is lost: the file is empty",
                "put it back from a copy of the state folder, or open the repository with its recovery code; delete the file"
                        + " only if nothing was ever backed up with it.");
    }

    /** Two hundred bits, as they can be read out. */
    private String fresh() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CHARACTERS; i++) {
            text.append(i > 0 && i % GROUP == 0 ? "-" : "").append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return text.toString();
    }

    /** Keeps the code of a repository that was just made. A code of an earlier one is kept too, under another name. */
    public synchronized void keepRecoveryCode(String stack, String code, Instant now) {
        Path file = folder.resolve(stack + RECOVERY_CODE);
        try {
            if (Files.exists(file)) {
                Files.move(file, folder.resolve(stack + RECOVERY_CODE + "-until-" + now.toEpochMilli()));
                Files.deleteIfExists(folder.resolve(stack + SAVED));
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        if (!write(file, code)) {
            throw unwritable(file, new FileAlreadyExistsException(file.toString()));
        }
    }

    /** Whether others of this machine may read a key that was made here. */
    public boolean exposed() {
        try {
            return Files.getPosixFilePermissions(passphraseFile()).stream().anyMatch(OTHERS::contains);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw unreadable(passphraseFile(), e);
        }
    }

    /** The code that opens a stack's repository if its key is lost, if it is kept here. */
    public Optional<String> recoveryCode(String stack) {
        return read(folder.resolve(stack + RECOVERY_CODE));
    }

    /** Stacks whose recovery code is here and, as far as anybody said, nowhere else. */
    public List<String> unsaved() {
        return stacks(RECOVERY_CODE).stream()
                .filter(stack -> !Files.exists(folder.resolve(stack + SAVED)))
                .toList();
    }

    /** Stacks whose recovery code is here. */
    public List<String> withRecoveryCode() {
        return stacks(RECOVERY_CODE);
    }

    private List<String> stacks(String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Somebody has noted it down. */
    public void saved(String stack, Instant now) {
        Path file = folder.resolve(stack + SAVED);
        if (!Files.exists(file)) {
            boolean _ = write(file, now.toString());
        }
    }

    /** As the server asks for them. */
    RecoveryCodes codes(InstantSource clock) {
        return new RecoveryCodes() {
            @Override
            public Optional<Boolean> saved(String stack) {
                return Files.exists(folder.resolve(stack + RECOVERY_CODE))
                        ? Optional.of(Files.exists(folder.resolve(stack + SAVED)))
                        : Optional.empty();
            }

            @Override
            public boolean acknowledge(String stack) {
                boolean kept = saved(stack).isPresent();
                if (kept) {
                    MadeKeys.this.saved(stack, clock.instant());
                }
                return kept;
            }
        };
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Failed unreadable(Path file, IOException cause) {
        return new Failed(
                ErrorCode.FILE_UNREADABLE,
                "'" + file + "' cannot be read",
                "run it as the user that runs the server.",
                cause);
    }

    /**
     * Appears whole and is on the disk before it is used; never over what is there. Each writer has a file of its own until then,
     * so that nobody publishes what another has written half.
     *
     * @return whether it was written; false if the file was there
     */
    private boolean write(Path file, String text) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = Files.createTempFile(
                    folder,
                    ".",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.writeString(fresh, text + "\n");
                force(fresh);
                return isPublished(file, fresh);
            } finally {
                Files.delete(fresh);
                force(folder);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw unwritable(file, e);
        }
    }

    /** By a second name, which is the only way that never replaces what is there. */
    private static boolean isPublished(Path file, Path fresh) throws IOException {
        try {
            Files.createLink(file, fresh);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Failed unwritable(Path file, Exception cause) {
        return new Failed(
                ErrorCode.FILE_UNWRITABLE,
                "'" + file + "' cannot be written",
                "look at the disk and at who owns the state folder; its file system has to know hard links.",
                cause);
    }
}
