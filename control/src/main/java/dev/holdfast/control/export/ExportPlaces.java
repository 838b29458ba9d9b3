package dev.holdfast.control.export;

import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;

/** Makes what exports need of foreign systems and formats. Nothing is contacted before the first use of what was made. */
public interface ExportPlaces {
    FilePlace open(PlaceConfig config);

    /**
     * @param format one of one file
     * @throws dev.holdfast.engine.error.HoldfastException if a part of this kind cannot be written in this format
     */
    Exporter exporter(Part part, FileFormat format);

    /**
     * A file that compresses what is written to it, where the format says so of what {@link #exporter} writes; else the file itself.
     *
     * @param file what it writes to, and commits
     */
    ExportFile encoded(FileFormat format, ExportFile file);

    /**
     * A file that encrypts or signs what is written to it.
     *
     * @param file what it writes to, and commits
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be protected in this way
     */
    ExportFile protectedBy(Protection protection, ExportFile file);
}
