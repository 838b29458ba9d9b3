package dev.holdfast.engine.format;

/** What a file of the repository is; the code stands in its header and never changes meaning. */
public enum FileKind {
    DATA_PACK('D', "data/"),
    NODE_PACK('M', "meta/"),
    INDEX_RUN('X', "idx/"),
    LOG('L', "log/"),
    LEASE('S', "lease/"),
    CHECKPOINT('C', "ckpt/"),
    FORGET('F', "forget/"),
    PIN('P', "pin/");

    private final byte code;
    private final String folder;

    FileKind(char code, String folder) {
        this.code = (byte) code;
        this.folder = folder;
    }

    byte code() {
        return code;
    }

    /** What the names of such files begin with, {@code /} included. */
    public String folder() {
        return folder;
    }
}
