package dev.holdfast.cli;

import dev.holdfast.control.config.PlaceUrl;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.operation.VerifyOperation;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command line names that is to be verified.
 *
 * @param place where it is
 * @param file the one file that is meant; empty for the whole place
 * @param passphrase of the files, as far as the stack file knows it
 */
record VerifyTarget(PlaceConfig place, Optional<FileName> file, Optional<Secret> passphrase) {
    private static final String LEDGER = ".holdfast";
    private static final String WHAT = "an s3:// address";

    static VerifyTarget of(String what, CliCommand command) {
        if (PlaceUrl.isOne(what)) {
            return atUrl(what, command.cli);
        }
        Path path = command.cli.folder().resolve(what);
        if (Files.isDirectory(path)) {
            return new VerifyTarget(new PlaceConfig.Local(path.normalize()), Optional.empty(), Optional.empty());
        }
        return Files.exists(path) ? ofFile(path) : inStack(what, command);
    }

    /** The folder with a ledger that it lies in or below, or that which it lies in. */
    private static VerifyTarget ofFile(Path named) {
        Path file = real(named);
        Path folder = parent(file);
        Path root = folder;
        for (Path at = folder; !at.equals(at.getRoot()); at = parent(at)) {
            if (Files.isDirectory(at.resolve(LEDGER))) {
                root = at;
                break;
            }
        }
        return new VerifyTarget(
                new PlaceConfig.Local(root),
                Optional.of(new FileName(root.relativize(file).toString())),
                Optional.empty());
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + file + "' cannot be read: " + e.getMessage(),
                    "see whether it is there, and may be read by you.",
                    e);
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    /** A file if there is one of that name, else a place. */
    private static VerifyTarget atUrl(String url, Cli cli) {
        String text = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        int slash = text.lastIndexOf('/');
        boolean mayBeFile = text.equals(url) && slash > text.indexOf("://") + 2;
        if (mayBeFile && text.substring(slash).indexOf('.') >= 0) {
            PlaceConfig parent = PlaceUrl.parse(text.substring(0, slash), cli.folder(), cli.environment(), WHAT);
            FileName name = new FileName(text.substring(slash + 1));
            try (FilePlace place = cli.connectors().exportPlaces().open(parent)) {
                if (place.find(name).isPresent()) {
                    return new VerifyTarget(parent, Optional.of(name), Optional.empty());
                }
            }
            if (VerifyOperation.isNamedLikeBackup(name)) {
                throw new Missing(
                        ErrorCode.STORE_OBJECT_MISSING,
                        "'" + url + "' is not there",
                        "see whether it is called so; if it is a folder, write a '/' behind it.");
            }
        }
        return new VerifyTarget(
                PlaceUrl.parse(text, cli.folder(), cli.environment(), WHAT), Optional.empty(), Optional.empty());
    }

    private static VerifyTarget inStack(String what, CliCommand command) {
        List<String> known = new ArrayList<>();
        List<VerifyTarget> found = new ArrayList<>();
        if (command.isDescribed()) {
            for (ExportConfig export : command.stack().exports()) {
                for (ExportPlace place : export.places()) {
                    String name = export.name() + "/" + place.name();
                    known.add(name);
                    if (List.of(
                                    name,
                                    "exports." + export.name() + ".places." + place.name(),
                                    place.name(),
                                    export.name())
                            .contains(what)) {
                        found.add(new VerifyTarget(
                                place.config(),
                                Optional.empty(),
                                export.protection().passphrase()));
                    }
                }
            }
        }
        if (found.size() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE, "'" + what + "' names several places", "name one of " + String.join(", ", known));
        }
        return found.stream()
                .findFirst()
                .orElseThrow(() -> new Missing(
                        ErrorCode.FILE_UNREADABLE,
                        "'" + what + "' is neither a file nor a folder, nor a place of the stack file",
                        known.isEmpty()
                                ? "name a file, a folder, or an s3:// or sftp:// address."
                                : "places of the stack file are " + String.join(", ", known)));
    }
}
