package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.operation.InitResult;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.store.ObjectStore;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "storage",
        header = "Makes the places of the backups, or checks them.",
        description = {
            "init makes every bucket, folder and repository that is not there, and touches none that is. check",
            "reaches every destination as a backup does: it writes, reads and removes scratch objects."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast storage init",
            "  holdfast storage check",
            "  holdfast storage check --json",
            "",
            "Exit codes: 0 all is well; 30 to 33 a destination; 21 a destination has a repository of another key.",
            "All are listed by 'holdfast --help'."
        })
final class StorageCommand extends CliCommand {
    /** What is to be done. */
    enum Action {
        init,
        check
    }

    @Parameters(paramLabel = "init|check", description = "What to do.")
    Action action = Action.check;

    @Mixin
    StateOption state = new StateOption();

    StorageCommand(Cli cli) {
        super(cli);
    }

    @Override
    StateFolder stateFolder() {
        return state.folder(cli);
    }

    @Override
    Report perform() {
        return switch (action) {
            case init -> init();
            case check ->
                new StorageReport(stack().repository().destinations().stream()
                        .map(this::checked)
                        .toList());
        };
    }

    private Report init() {
        StackConfig stack = unlocked(stack());
        MadeKeys keys = new MadeKeys(stateFolder(), new SecureRandom());
        InitResult result = new InitOperation(cli.repositories()).run(stack.repository(), code -> {
            if (keys.opens(stack.repository())) {
                keys.keepRecoveryCode(stack.name(), code, cli.clock().instant());
            }
        });
        return new InitReport(result, Optional.empty());
    }

    private StorageReport.Place checked(DestinationConfig config) {
        String location = "";
        try (ObjectStore store = cli.connectors().store(config)) {
            location = store.location();
            store.probe();
            return new StorageReport.Place(config.name(), location, store.freeBytes(), Optional.empty());
        } catch (HoldfastException e) {
            return new StorageReport.Place(config.name(), location, OptionalLong.empty(), Optional.of(e));
        }
    }
}
