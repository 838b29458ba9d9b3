package dev.holdfast.control.export;

import dev.holdfast.engine.place.FileName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** A digest that is written beside a file, as {@code md5sum -c} and {@code sha256sum -c} read it. */
public enum Checksum {
    MD5("MD5", 32),
    SHA256("SHA-256", 64);

    private final String algorithm;
    private final int hexDigits;

    Checksum(String algorithm, int hexDigits) {
        this.algorithm = algorithm;
        this.hexDigits = hexDigits;
    }

    /** One that has seen nothing yet. */
    public MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java machine has " + algorithm, e);
        }
    }

    /** As it stands in a stack file, and as the names of its files end. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people. */
    public String shown() {
        return algorithm;
    }

    /** How long it is as text. */
    public int hexDigits() {
        return hexDigits;
    }

    FileName beside(FileName file) {
        return file.with("." + label());
    }

    /** The file's text; the tools look for the name beside it. */
    String line(String hex, FileName file) {
        return line(hex, file.last());
    }

    /**
     * The same for a file anywhere. The tools begin a line with a backslash where the name has something that they escape.
     *
     * @param name of the file without its folder
     */
    public String line(String hex, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + hex + "  " + escaped + "\n";
    }
}
