package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileHandle;
import dev.holdfast.connectors.sftp.SftpPlace.UnfinishedName;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way to an SFTP server. It is written beside its name, and gets that when it is whole and on the server's disk. When
 * the connection is cut, it is made anew; the server says how much it has, and whatever was not confirmed is sent again.
 */
final class SftpExportFile implements ExportFile {
    private static final int MARKED = 0700;
    private static final int OWNER_ONLY = 0600;

    private final SftpPlace place;
    private final FileName name;
    private final boolean replace;
    private final String path;
    private final String unfinished;
    private final Upload upload = new Upload();
    private @Nullable Line line;
    /** Whether a request to make it was sent, whatever came of it. */
    private boolean tried;

    private boolean begun;
    /** Whether a request that gives the file its name was made, and nobody knows what came of it. */
    private boolean uncertain;

    private boolean published;
    private boolean committed;
    /** Whether no further try can help. */
    private boolean hopeless;

    SftpExportFile(SftpPlace place, FileName name, boolean replace) {
        this.place = place;
        this.name = name;
        this.replace = replace;
        this.path = place.path(name);
        this.unfinished = UnfinishedName.beside(path);
    }

    /** The channel that the file is open in. */
    private record Line(SftpChannel channel, FileHandle file) {}

    private interface Step {
        void by(Line line) throws IOException;
    }

    @Override
    public String location() {
        return place.location(name);
    }

    @Override
    public void preflight() {
        steadily(_ -> {});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; ) {
            done += upload.take(bytes, offset + done, length - done);
            steadily(to -> upload.advance(to.channel(), to.file()));
        }
    }

    @Override
    public void commit() {
        steadily(to -> {
            upload.finish(to.channel(), to.file());
            requireWhole(to);
            to.channel().flush(to.file());
            if (!published) {
                publish(to.channel());
                published = true;
            }
            // the file again: a journal that has its new name on the disk has its folder's entry too
            to.channel().flush(to.file());
            place.removed(to.channel(), unfinished);
        });
        committed = true;
    }

    // ------------------------------------------------------------- through cuts

    private void steadily(Step step) {
        int failures = 0;
        long before = upload.confirmed();
        while (true) {
            try {
                Line to = line == null ? connect() : line;
                attempt(step, to);
                return;
            } catch (Unavailable e) {
                if (hopeless) {
                    throw e;
                }
                failures = upload.confirmed() > before ? 1 : failures + 1;
                before = upload.confirmed();
                place.pause(failures, e);
            }
        }
    }

    /** A refusal is final; a connection that is lost is not. */
    private void attempt(Step step, Line to) {
        try {
            step.by(to);
        } catch (SftpException e) {
            throw refused(to, e);
        } catch (IOException e) {
            line = null;
            throw failure(to.channel(), e);
        }
    }

    private HoldfastException refused(Line to, SftpException e) {
        HoldfastException failure = failure(to.channel(), e);
        upload.abandon(to.channel());
        return failure;
    }

    private HoldfastException failure(SftpChannel channel, IOException e) {
        return place.server().failure("cannot write '" + name + "'", SftpChannel.WINDOW_BYTES, channel, e);
    }

    private Line connect() {
        SftpChannel channel = place.server().channel();
        try {
            Line opened = new Line(channel, begun ? goOn(channel) : begin(channel));
            begun = true;
            upload.restart();
            line = opened;
            return opened;
        } catch (IOException e) {
            throw failure(channel, e);
        }
    }

    private FileHandle begin(SftpChannel channel) throws IOException {
        place.makeFolders(channel, name);
        requireFree(channel);
        if (tried) {
            place.removed(channel, unfinished);
        }
        tried = true;
        return channel.create(unfinished);
    }

    private void requireFree(SftpChannel channel) throws IOException {
        Optional<Attributes> there = place.server().look(channel, path);
        if (there.isPresent() && !replace) {
            throw exists(null);
        }
        if (there.isPresent() && !there.get().isRegularFile()) {
            throw new AlreadyExists(
                    ErrorCode.STORE_OBJECT_EXISTS,
                    "'" + location() + "' is no ordinary file, and only such a one is replaced",
                    "move it away, or choose another name.");
        }
    }

    private AlreadyExists exists(@Nullable Throwable cause) {
        return new AlreadyExists(
                ErrorCode.STORE_OBJECT_EXISTS,
                "'" + location() + "' exists already",
                "choose another name, or allow it to be replaced.",
                cause);
    }

    /** Opens what was begun, under the name that it has by now. */
    private FileHandle goOn(SftpChannel channel) throws IOException {
        FileHandle file = reopened(channel);
        long there = channel.size(file);
        if (there < upload.confirmed() || there > upload.taken()) {
            channel.close(file);
            throw lost(there + " bytes are there, and " + upload.confirmed() + " were confirmed");
        }
        return file;
    }

    private FileHandle reopened(SftpChannel channel) throws IOException {
        try {
            return channel.append(unfinished);
        } catch (SftpException e) {
            if (!SftpFailures.isNothing(e)) {
                throw e;
            }
            Optional<Attributes> named = place.server().look(channel, path);
            boolean renamed = uncertain
                    && named.filter(file -> file.getSize() == upload.taken()).isPresent();
            if (!renamed && !published) {
                throw lost("'" + unfinished + "' is gone");
            }
            published = true;
            return channel.append(path);
        }
    }

    private void requireWhole(Line to) throws IOException {
        long there = to.channel().size(to.file());
        if (there != upload.taken()) {
            throw lost(there + " bytes are there, and " + upload.taken() + " were sent");
        }
    }

    private Unavailable lost(String why) {
        hopeless = true;
        return new Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                "'" + location() + "' cannot be continued: " + why,
                "export it again; see whether the server lost files, or something else removes them.");
    }

    // ------------------------------------------------------------- the name

    private void publish(SftpChannel channel) throws IOException {
        if (replace && channel.knows(SftpChannel.REPLACING_RENAME)) {
            uncertain = true;
            channel.replace(unfinished, path);
        } else if (channel.knows(SftpChannel.HARD_LINK)) {
            requireReplaceable(channel);
            link(channel);
        } else {
            requireReplaceable(channel);
            rename(channel);
        }
    }

    private void requireReplaceable(SftpChannel channel) throws IOException {
        if (replace && !uncertain && place.server().look(channel, path).isPresent()) {
            throw new Unsupported(
                    ErrorCode.STORE_UNSUITABLE,
                    "the server of '" + place.location() + "' cannot replace a file in one step",
                    "use a server such as that of OpenSSH, or names that are never used twice.");
        }
    }

    private void link(SftpChannel channel) throws IOException {
        boolean before = uncertain;
        uncertain = true;
        try {
            channel.link(unfinished, path);
        } catch (SftpException e) {
            if (!SftpFailures.isUnexplained(e)
                    || place.server().look(channel, path).isEmpty()) {
                throw e;
            }
            if (!before || !isSame(channel)) {
                throw exists(e);
            }
        }
    }

    /** Whether both names are the same file: SFTP does not tell, but what is done to one can be seen in the other. */
    private boolean isSame(SftpChannel channel) throws IOException {
        boolean same = true;
        for (int mode : new int[] {MARKED, OWNER_ONLY}) {
            channel.mode(unfinished, mode);
            same &= (channel.look(path).getPermissions() & 0777) == mode;
        }
        return same;
    }

    /** By the protocol it fails where the name is taken. */
    private void rename(SftpChannel channel) throws IOException {
        if (place.server().look(channel, path).isPresent()) {
            throw exists(null);
        }
        uncertain = true;
        channel.rename(unfinished, path);
    }

    /** Without a commit, removes the unfinished file; where that cannot be, it is swept later. */
    @Override
    public void close() {
        Line open = line;
        line = null;
        if (open != null) {
            closed(open);
        } else if (tried && !committed) {
            discardAnew();
        }
    }

    private void closed(Line open) {
        upload.abandon(open.channel());
        try {
            if (open.channel().isOpen()) {
                open.channel().close(open.file());
            }
        } catch (IOException e) {
            return; // a commit has flushed it before, and without one it is removed
        } finally {
            if (!committed) {
                SftpServer.discard(open.channel(), unfinished);
            }
        }
    }

    private void discardAnew() {
        try {
            SftpServer.discard(place.server().channel(), unfinished);
        } catch (HoldfastException e) {
            return; // swept later
        }
    }
}
