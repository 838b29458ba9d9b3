package dev.holdfast.control.stack;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** All stacks that this server knows. Safe for many threads. */
public interface Stacks {
    /** By name. */
    List<StackRecord> list();

    Optional<StackRecord> find(String name);

    /**
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such stack
     */
    StackRecord show(String name);

    /** Stack files that could not be read, and why; the last readable state of each stays known. */
    List<Trouble> troubles();

    /**
     * @param stack which stack file, or stack of the catalog
     * @param message what is wrong with it
     */
    record Trouble(String stack, String message, String hint) {}

    /**
     * Makes a stack from the text of a stack file.
     *
     * @throws dev.holdfast.engine.error.Invalid (CONFIGURATION_INVALID) if the text is
     * @throws dev.holdfast.engine.error.AlreadyExists (CONFLICT) if there is a stack of that name
     */
    StackRecord create(String text);

    /**
     * Puts another text in place of that of a stack that was made here. Secrets that are masked in it, as {@link #text} masks
     * them, stay as they were.
     *
     * @param revision of which revision the change was thought of
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such stack
     * @throws dev.holdfast.engine.error.AlreadyExists (CONFLICT) if somebody else changed it meanwhile, or it comes from a file or
     *     the environment, or the text names another stack
     */
    StackRecord change(String name, String text, long revision);

    /**
     * Forgets a stack that was made here. Its backups stay where they are, and can be used again by whoever describes it again.
     *
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such stack
     * @throws dev.holdfast.engine.error.AlreadyExists (CONFLICT) if it comes from a file or the environment, or was changed meanwhile
     */
    void remove(String name, long revision);

    /**
     * The text of a stack that was made here, with every secret in it masked.
     *
     * @return empty if it comes from a file or the environment
     */
    Optional<String> text(String name);

    /** Reads stack files again. */
    void reload();

    /**
     * The stacks of a server.
     *
     * @param folder where relative paths in stacks that were made here begin
     * @param files stack files
     * @param environment the stack that environment variables describe
     */
    static Stacks of(
            Catalog catalog,
            Seal seal,
            StackFileReader reader,
            Path folder,
            List<Path> files,
            Optional<StackConfig> environment) {
        KnownStacks stacks = new KnownStacks(catalog.jdbi(), seal, reader, folder, files, environment);
        stacks.reload();
        return stacks;
    }
}
