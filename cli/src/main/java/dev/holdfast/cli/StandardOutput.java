package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.ExportFile;
import java.io.PrintStream;

/** An export to standard output: what went there cannot be taken back. */
final class StandardOutput implements ExportFile {
    private final PrintStream out;

    StandardOutput(PrintStream out) {
        this.out = out;
    }

    @Override
    public String location() {
        return "standard output";
    }

    @Override
    public void preflight() {
        check();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        out.write(bytes, offset, length);
        check();
    }

    private void check() {
        if (out.checkError()) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "standard output takes no more",
                    "see what the program that reads it says, or name a file with --output.");
        }
    }

    @Override
    public void commit() {
        check();
    }

    @Override
    public void close() {
        // belongs to the process
    }
}
