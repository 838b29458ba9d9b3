package dev.holdfast.server.view;

import dev.holdfast.control.export.LedgerEntry;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file of a kept export, or a folder of files.
 *
 * @param part which part it holds; left out if it tells of others
 * @param sha256 its digest; left out of a folder
 * @param files how many are in a folder; left out of a file
 */
public record KeptFileView(
        String name, Optional<String> part, OptionalLong bytes, Optional<String> sha256, Optional<Long> files) {
    public static KeptFileView of(LedgerEntry.Written file) {
        return new KeptFileView(
                file.name().text(),
                Optional.of(file.part()).filter(part -> !part.isEmpty()),
                file.bytes(),
                Optional.of(file.sha256())
                        .filter(digest -> !digest.isEmpty() && file.tree().isEmpty()),
                file.tree().map(LedgerEntry.Tree::files));
    }
}
