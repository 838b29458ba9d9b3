package dev.holdfast.demo;

/** The steps of the demo, in order; each has an exit code of its own, apart from those of Holdfast's commands. */
enum DemoStep {
    TOOLS(101, "finding PostgreSQL"),
    SERVERS(102, "starting servers"),
    FILL(103, "filling the shop"),
    INIT(104, "creating the repository"),
    FIRST_BACKUP(105, "first backup"),
    CHANGE(106, "changing a little"),
    SECOND_BACKUP(107, "second backup"),
    LOSS(108, "losing everything"),
    RESTORE(109, "restoring everything"),
    COMPARE(110, "comparing with the snapshot"),
    VERIFY(111, "looking for ourselves");

    private final int exitCode;
    private final String title;

    DemoStep(int exitCode, String title) {
        this.exitCode = exitCode;
        this.title = title;
    }

    int exitCode() {
        return exitCode;
    }

    String title() {
        return title;
    }
}
