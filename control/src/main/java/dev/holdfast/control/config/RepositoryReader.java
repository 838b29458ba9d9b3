package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.engine.repository.RepositoryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads where a stack is kept. */
final class RepositoryReader {
    private static final List<String> DESTINATION_KINDS = List.of("local", "s3", "sftp");

    private RepositoryReader() {}

    static RepositoryConfig read(Section section) {
        section.only(
                List.of("passphrase", "passphrase-file", "destinations", "pack-size", "compression"),
                Example.REPOSITORY);
        Optional<Optional<RepositoryKey>> key = section.attempt(() -> key(section));
        List<DestinationConfig> destinations = section.attempt(
                        () -> destinations(section.section("destinations", Example.DESTINATIONS)))
                .orElse(List.of());
        ByteSize packSize = section.size(
                "pack-size",
                RepositoryConfig.MIN_PACK_SIZE,
                RepositoryConfig.MAX_PACK_SIZE,
                RepositoryConfig.DEFAULT_PACK_SIZE);
        int compression = section.whole(
                "compression",
                RepositoryConfig.MIN_COMPRESSION,
                RepositoryConfig.MAX_COMPRESSION,
                RepositoryConfig.DEFAULT_COMPRESSION);
        section.raise();
        return new RepositoryConfig(key.orElseThrow(), destinations, packSize, compression);
    }

    private static Optional<RepositoryKey> key(Section section) {
        Optional<RepositoryKey> given = section.environment()
                .secret(Environment.RECOVERY_CODE)
                .map(c -> new RepositoryKey.RecoveryCode(c.text()));
        if (given.isEmpty()) {
            given = section.secret("passphrase").map(p -> new RepositoryKey.Passphrase(p.text()));
        }
        return given.or(section.environment()::repositoryKey);
    }

    private static List<DestinationConfig> destinations(Section section) {
        List<DestinationConfig> read = new ArrayList<>();
        for (String name : section.keys()) {
            section.attempt(() -> destination(name, section)).ifPresent(read::add);
        }
        if (section.keys().isEmpty()) {
            throw new Stop(
                    section.line(), "'" + section.path() + "' is empty; expected at least one", Example.DESTINATIONS);
        }
        return read;
    }

    private static DestinationConfig destination(String name, Section destinations) {
        Section.named(destinations.line(name), name, "the name of a destination", Example.NAME);
        Section destination = destinations.section(name, Example.DESTINATIONS);
        String kind = destination.onlyKind("destination '" + name + "'", DESTINATION_KINDS, Example.DESTINATIONS);
        if (kind.equals("s3")) {
            return new S3Config(name, S3Reader.read(destination.section("s3", Example.S3), Example.S3));
        }
        if (kind.equals("sftp")) {
            return new SftpConfig(name, SftpReader.read(destination.section("sftp", Example.SFTP)));
        }
        Section local = destination.section("local", Example.LOCAL).only(List.of("path"), Example.LOCAL);
        return new LocalConfig(
                name, local.path("path", Example.LOCAL).orElseThrow(() -> local.missing("path", Example.LOCAL)));
    }
}
