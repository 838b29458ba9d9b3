package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;

/** Tells whether a file is still the one that the ledger means: somebody may have put another in its place. */
final class Fingerprint {
    private static final int BUFFER = 1 << 16;

    private Fingerprint() {}

    /** One that was touched since it was written, or of which that is not known, is read. */
    static boolean matches(FilePlace place, Written file, PlacedFile found) {
        if (file.bytes().isEmpty() || file.bytes().getAsLong() != found.bytes()) {
            return false;
        }
        boolean untouched = file.modified()
                .map(modified -> modified.equals(found.modified()))
                .orElse(false);
        return untouched || sha256(place, file.name()).equals(file.sha256());
    }

    private static String sha256(FilePlace place, FileName name) {
        try (InputStream in = place.open(name);
                DigestInputStream digested = new DigestInputStream(in, Checksum.SHA256.newDigest())) {
            byte[] buffer = new byte[BUFFER];
            while (digested.read(buffer) >= 0) {
                // on to the end
            }
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (IOException e) {
            throw new Unavailable(ErrorCode.STORE_UNAVAILABLE, "cannot read '" + place.location(name) + "'", "", e);
        }
    }
}
