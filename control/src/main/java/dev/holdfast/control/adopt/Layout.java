package dev.holdfast.control.adopt;

/** Ways in which tools lay out their files. */
public enum Layout {
    POSTGRES_BACKUP_S3("postgres-backup-s3"),
    POSTGRES_BACKUP_LOCAL("postgres-backup-local"),
    BACKUPS("backups"),
    FOLDERS("folders"),
    TIMESTAMP("timestamp"),
    HOLDFAST("holdfast"),
    PLAIN("plain");

    private final String label;

    Layout(String label) {
        this.label = label;
    }

    /** For people. */
    public String label() {
        return label;
    }
}
