package dev.holdfast.cli.service;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.repository.ProcessBegin;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * The process of a server, as it wrote it down for others. A process is known by its number and the moment it began, so that a
 * number that was given to somebody else later is not taken for it.
 *
 * @param pid its number
 * @param began which process of that number, as {@link ProcessBegin} tells it
 * @param url where it answers
 * @param certificate the file with the certificate it shows, if it speaks TLS
 * @param ready whether it answers already
 */
public record ServerProcess(long pid, String began, URI url, Optional<Path> certificate, boolean ready) {
    /** This process. */
    public static ServerProcess current(URI url, Optional<Path> certificate) {
        ProcessHandle self = ProcessHandle.current();
        return new ServerProcess(self.pid(), ProcessBegin.of(self), url, certificate, false);
    }

    public ServerProcess asReady(URI actual) {
        return new ServerProcess(pid, began, actual, certificate, true);
    }

    /** The server of this state folder, if it runs. */
    public static Optional<ServerProcess> running(StateFolder state) {
        return read(state.process()).filter(ServerProcess::alive);
    }

    /** Whether it is still there. */
    public boolean alive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> ProcessBegin.of(process).equals(began))
                .isPresent();
    }

    Optional<ProcessHandle> handle() {
        return alive() ? ProcessHandle.of(pid) : Optional.empty();
    }

    /** Writes it down, whole or not at all. */
    public void write(StateFolder state) {
        Properties lines = new Properties();
        lines.setProperty("pid", Long.toString(pid));
        lines.setProperty("began", began);
        lines.setProperty("url", url.toString());
        lines.setProperty("ready", Boolean.toString(ready));
        certificate.ifPresent(file -> lines.setProperty("certificate", file.toString()));
        StringBuilder text = new StringBuilder();
        lines.stringPropertyNames().stream()
                .sorted()
                .forEach(name -> text.append(name)
                        .append('=')
                        .append(lines.getProperty(name))
                        .append('\n'));
        Path fresh = state.process().resolveSibling("holdfast.pid.new");
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, state.process(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + state.process() + "' cannot be written",
                    "look at the disk and at who owns the state folder.",
                    e);
        }
    }

    /** Says that it runs no more. */
    public void erase(StateFolder state) {
        try {
            if (read(state.process()).filter(written -> written.pid == pid).isPresent()) {
                Files.deleteIfExists(state.process());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a file says; empty where there is none, or it says nothing that can be understood. */
    static Optional<ServerProcess> read(Path file) {
        try {
            Properties lines = new Properties();
            lines.load(new StringReader(Files.readString(file).replace("\\", "\\\\")));
            return Optional.of(new ServerProcess(
                    Long.parseLong(lines.getProperty("pid", "")),
                    Objects.requireNonNull(lines.getProperty("began")),
                    URI.create(lines.getProperty("url", "")),
                    Optional.ofNullable(lines.getProperty("certificate")).map(Path::of),
                    Boolean.parseBoolean(lines.getProperty("ready"))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            // not ours, or of a version to come: as if it was not there
            return Optional.empty();
        }
    }
}
