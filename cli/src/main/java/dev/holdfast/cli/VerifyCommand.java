package dev.holdfast.cli;

import dev.holdfast.control.config.Secret;
import dev.holdfast.control.operation.VerifyOperation;
import dev.holdfast.control.verify.Decryption;
import dev.holdfast.control.verify.FileCheck.Depth;
import dev.holdfast.control.verify.VerifyResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        header = "Proves that backup files, of Holdfast or of any other tool, are whole.",
        description = {
            "Reads every byte: checksums beside the file, decryption, compression, and what is in it, which is told by its",
            "bytes and not by its name. With --restore, what is a dump of PostgreSQL is restored into a scratch server that",
            "is gone afterwards, and the rows of every table are counted. In a place, every export that its ledger names is",
            "looked at. What is restored is run: restore only what you trust."
        },
        footer = {
            "",
            "Reads: OpenPGP, gzip, zstd; pg_dump custom, tar, packed folders and SQL, pg_dumpall; tar, zip.",
            "",
            "Examples:",
            "  holdfast verify shop.dump.gpg --passphrase-file secret",
            "  holdfast verify /srv/exports --latest --restore",
            "  holdfast verify nightly/disk              # a place of 'exports' in the stack file",
            "  holdfast verify s3://shop-exports/backups",
            "  OPENPGP_PASSPHRASE=... holdfast verify sftp://backup@nas/srv/shop.sql.gz.gpg",
            "",
            "Exit codes: 0 everything was looked at and is whole; 3 nothing is wrong, but not all could be looked at;",
            "71 something is not whole, or nothing was looked at; for one file the reason: 12 it is encrypted and no key",
            "is given, 21 wrong key, 24 damaged, 34 not there, 49 it does not restore, 70 it restores to something else.",
            "All are listed by 'holdfast --help'."
        })
final class VerifyCommand extends CliCommand {
    @Parameters(
            index = "0",
            paramLabel = "FILE|PLACE",
            description = "A file; or a folder, s3:// or sftp:// address, or a place of 'exports' in the stack file.")
    String what = "";

    @Option(names = "--restore", description = "Restore dumps into a scratch server, and count the rows.")
    boolean restore;

    @Option(
            names = "--scratch",
            paramLabel = "URL",
            description = "Restore into databases of this server, which are dropped, by a user who may only CREATEDB;"
                    + " otherwise a server of its own is made.")
    @Nullable
    String scratch;

    @Option(names = "--quick", description = "Look only whether the files are there with their lengths.")
    boolean quick;

    @Option(names = "--latest", description = "Only the newest of each export.")
    boolean latest;

    @Option(names = "--newest", paramLabel = "N", description = "Only the N newest of each export.")
    int newest;

    @Option(names = "--others", description = "In a place, look at backup files that no ledger names, too.")
    boolean others;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Holds the passphrase of the files; otherwise $OPENPGP_PASSPHRASE.")
    @Nullable
    Path passphraseFile;

    @Option(names = "--key", paramLabel = "FILE", description = "An OpenPGP secret key that opens the files.")
    @Nullable
    Path key;

    @Option(
            names = "--key-passphrase-file",
            paramLabel = "FILE",
            description = "Holds the passphrase of the key; otherwise $OPENPGP_KEY_PASSPHRASE.")
    @Nullable
    Path keyPassphraseFile;

    VerifyCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        checkOptions();
        VerifyTarget target = VerifyTarget.of(what, this);
        VerifyOperation.Request request = new VerifyOperation.Request(
                target.place(),
                target.file(),
                quick ? Depth.QUICK : restore ? Depth.RESTORE : Depth.READ,
                latest ? 1 : newest,
                others,
                decryption(target),
                Optional.ofNullable(scratch).map(Secret::new));
        VerifyOperation operation = new VerifyOperation(cli.connectors(), cli.clock());
        VerifyResult result = running(run -> operation.run(request, run));
        return new VerifyReport(result);
    }

    private void checkOptions() {
        if (quick && restore) {
            throw new Invalid(ErrorCode.USAGE, "--quick and --restore exclude each other", "");
        }
        if (scratch != null && !restore) {
            throw new Invalid(ErrorCode.USAGE, "--scratch is for --restore", "say --restore too.");
        }
        if (newest < 0 || (latest && newest > 0)) {
            throw new Invalid(ErrorCode.USAGE, "--newest takes 1 or more, and not with --latest", "");
        }
    }

    private Decryption decryption(VerifyTarget target) {
        Optional<Secret> given =
                secret(passphraseFile).or(() -> cli.environment().secret("OPENPGP_PASSPHRASE"));
        return new Decryption(
                given.or(target::passphrase),
                Optional.ofNullable(key).map(cli.folder()::resolve),
                secret(keyPassphraseFile).or(() -> cli.environment().secret("OPENPGP_KEY_PASSPHRASE")));
    }

    private Optional<Secret> secret(@Nullable Path file) {
        if (file == null) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(cli.folder().resolve(file)).stripTrailing();
            if (!text.isEmpty()) {
                return Optional.of(new Secret(text));
            }
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    "the passphrase in '" + file + "' cannot be read: " + e,
                    "see whether the file is there, and may be read by you.",
                    e);
        }
        throw new Missing(ErrorCode.SECRET_MISSING, "'" + file + "' is empty", "put the passphrase into it, alone.");
    }
}
