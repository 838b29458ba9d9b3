package dev.holdfast.cli;

/** What this is. */
final class Version {
    /** The repository format that is written. */
    static final int FORMAT = 1;

    private Version() {}

    static String text() {
        String packaged = Version.class.getPackage().getImplementationVersion();
        return packaged == null ? "development" : packaged;
    }

    static String java() {
        return Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
    }
}
