package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.HeadReader;
import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.Ledger;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of a place with backups that other tools made: listed and read, never written. */
public final class AdoptedFiles implements AutoCloseable {
    private final FilePlace files;
    private final AdoptedPlace place;
    private final InstantSource clock;

    public AdoptedFiles(ExportPlaces places, AdoptedPlace place, InstantSource clock) {
        this.files = places.open(place.config());
        this.place = place;
        this.clock = clock;
    }

    /**
     * Lists all backups that are there.
     *
     * @param looks whether files are looked into
     * @throws dev.holdfast.engine.error.HoldfastException if the place does not answer, or a key cannot be read
     */
    public AdoptedBackups list(boolean looks) {
        List<PlacedFile> all = new ArrayList<>();
        files.list("", all::add);
        Ledger.Contents ledger = new Ledger(files).read();
        Set<FileName> own = ledger.entries().stream()
                .flatMap(stored -> stored.entry().files().stream())
                .map(file -> file.name())
                .collect(Collectors.toSet());
        Heads heads = new Heads(files, new HeadReader(looks ? reader() : Optional.empty()));
        AdoptedBackups found = new Recognition(files.location(), place.zone(), own, clock.instant())
                .recognise(all, worth -> looks ? heads.of(worth) : Map.of());
        List<Finding> findings =
                Stream.concat(found.findings().stream(), ledger.findings().stream()).toList();
        return new AdoptedBackups(found.location(), found.backups(), found.others(), findings);
    }

    /** What opens encrypted files. */
    private Optional<OpenPgpReader> reader() {
        AdoptedPlace.Opening opening = place.opening();
        if (opening.secretKey().isPresent()) {
            return Optional.of(OpenPgpReader.withKey(
                    text(opening.secretKey().get()),
                    opening.keyPassphrase().map(Secret::text).orElse("")));
        }
        return opening.passphrase().map(Secret::text).map(OpenPgpReader::withPassphrase);
    }

    private static KeyText text(Path file) {
        try {
            return new KeyText(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    "the key in '" + file + "' cannot be read: " + e,
                    "see whether the file is there, and may be read by the user that runs holdfast.",
                    e);
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
