package dev.holdfast.cli;

import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.adopt.AdoptedPlace.Opening;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.PlaceUrl;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What opens the files of other tools, and which place is meant. */
final class AdoptedOptions {
    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "The passphrase that the files are encrypted with, alone in a file.")
    @Nullable
    String passphraseFile;

    @Option(
            names = "--secret-key",
            paramLabel = "FILE",
            description = "The secret key that the files are encrypted to, as 'gpg --export-secret-keys' writes it.")
    @Nullable
    String secretKey;

    @Option(
            names = "--key-passphrase-file",
            paramLabel = "FILE",
            description = "The passphrase of that key, alone in a file.")
    @Nullable
    String keyPassphraseFile;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The time zone of the clock that the files were named by; otherwise that of the stack file,"
                    + " or of TZ.")
    @Nullable
    String zone;

    /** The place that is meant: a name of the stack file, a path or an address. */
    AdoptedPlace place(CliCommand command, String text) {
        return named(command, text).orElseGet(() -> at(command, text));
    }

    private Optional<AdoptedPlace> named(CliCommand command, String text) {
        boolean isName = text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
        if (!isName || !command.isDescribed()) {
            return Optional.empty();
        }
        StackConfig stack = command.stack();
        List<AdoptedPlace> known = known(stack);
        Optional<AdoptedPlace> found = known.stream()
                .filter(place -> place.name().equals(text))
                .findFirst()
                .map(place -> opened(command, place));
        if (found.isEmpty() && !Files.isDirectory(command.cli.folder().resolve(text))) {
            throw new Missing(
                    ErrorCode.DIRECTORY_MISSING,
                    "'" + text + "' is neither a directory nor a place of stack '" + stack.name() + "'",
                    known.isEmpty()
                            ? "name a directory, s3://bucket/prefix or sftp://user@host/path."
                            : "its places are: "
                                    + String.join(
                                            ", ",
                                            known.stream()
                                                    .map(AdoptedPlace::name)
                                                    .toList()) + ".");
        }
        return found;
    }

    private static List<AdoptedPlace> known(StackConfig stack) {
        ZoneId zone = stack.policies().retention().policy().zone();
        Stream<AdoptedPlace> exported = stack.exports().stream()
                .flatMap(export -> export.places().stream()
                        .map(place -> new AdoptedPlace(
                                place.name(),
                                place.config(),
                                new Opening(export.protection().passphrase(), Optional.empty(), Optional.empty()),
                                zone)));
        return Stream.concat(stack.adopted().stream(), exported).toList();
    }

    private AdoptedPlace at(CliCommand command, String text) {
        Environment environment = command.cli.environment();
        return opened(command, new AdoptedPlace(text, config(command, text), Opening.NONE, environment.zone()));
    }

    private static PlaceConfig config(CliCommand command, String text) {
        return PlaceUrl.parse(text, command.cli.folder(), command.cli.environment(), "an s3:// address");
    }

    private AdoptedPlace opened(CliCommand command, AdoptedPlace place) {
        Opening opening = new Opening(
                secret(command, "--passphrase-file", passphraseFile)
                        .or(() -> place.opening().passphrase()),
                file(command, secretKey).or(() -> place.opening().secretKey()),
                secret(command, "--key-passphrase-file", keyPassphraseFile)
                        .or(() -> place.opening().keyPassphrase()));
        return new AdoptedPlace(place.name(), place.config(), opening, zone == null ? place.zone() : zone(zone));
    }

    private static Optional<Path> file(CliCommand command, @Nullable String name) {
        return Optional.ofNullable(name).map(command.cli.folder()::resolve);
    }

    private static Optional<Secret> secret(CliCommand command, String option, @Nullable String name) {
        return file(command, name).map(file -> Environment.secretOf(file, option));
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new Invalid(
                    ErrorCode.USAGE, "'" + text + "' is no time zone", "for example: --zone Europe/Berlin", e);
        }
    }
}
