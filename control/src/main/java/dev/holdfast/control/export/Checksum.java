package dev.holdfast.control.export;

import dev.holdfast.engine.place.FileName;
import java.util.Locale;

/** A digest that is written beside a file, as {@code md5sum -c} and {@code sha256sum -c} read it. */
public enum Checksum {
    MD5("MD5"),
    SHA256("SHA-256");

    private final String algorithm;

    Checksum(String algorithm) {
        this.algorithm = algorithm;
    }

    String algorithm() {
        return algorithm;
    }

    /** As it stands in a stack file, and as the names of its files end. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    FileName beside(FileName file) {
        return file.with("." + label());
    }

    /** The file's text; the tools look for the name beside it. */
    String line(String hex, FileName file) {
        return hex + "  " + file.last() + "\n";
    }
}
