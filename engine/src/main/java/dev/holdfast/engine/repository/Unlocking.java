package dev.holdfast.engine.repository;

import dev.holdfast.engine.crypto.KeySlot;
import dev.holdfast.engine.crypto.MasterKey;
import dev.holdfast.engine.crypto.RecoveryCodes;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.WrongKey;
import dev.holdfast.engine.store.StoreKey;
import java.text.Normalizer;
import java.util.List;
import java.util.Optional;

/** Finds out which repository the destinations hold, and opens it with a key. */
final class Unlocking {
    private Unlocking() {}

    /**
     * The repository's config. Destinations that have none, or do not answer, fall behind.
     *
     * @throws HoldfastException what the first destination said, if none has one
     * @throws Invalid if they hold different repositories
     */
    static ConfigFile config(Replicas replicas) {
        ConfigFile found = null;
        Replica holder = null;
        HoldfastException failure = null;
        for (Replica replica : replicas.all()) {
            try {
                ConfigFile config = ConfigFile.decode(
                        replica.store().read(ConfigFile.KEY), replica.store().location());
                if (found != null && holder != null && !found.equals(config)) {
                    throw different(holder, replica);
                }
                found = config;
                holder = replica;
            } catch (Invalid e) {
                throw e;
            } catch (HoldfastException e) {
                failure = failure == null || isAbsence(failure) ? e : failure;
                replica.fallBehind(
                        isAbsence(e) ? "it holds no repository; run 'holdfast init'" : e.getMessage(), false);
            }
        }
        if (found != null) {
            return found;
        }
        throw failure == null || isAbsence(failure) ? absent(replicas) : failure;
    }

    static boolean isAbsence(HoldfastException e) {
        return e instanceof Missing && e.code() == ErrorCode.STORE_OBJECT_MISSING;
    }

    private static Missing absent(Replicas replicas) {
        List<String> locations = replicas.all().stream()
                .map(replica -> replica.store().location())
                .toList();
        return new Missing(
                ErrorCode.REPOSITORY_MISSING,
                "there is no repository at " + String.join(" or ", locations),
                "Run 'holdfast init' to make one, or correct the destination.");
    }

    static Invalid different(Replica one, Replica other) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "destinations '" + one.name() + "' and '" + other.name() + "' hold different repositories",
                "Every destination of a stack holds a copy of one repository; give one of them another place.");
    }

    /**
     * The master key.
     *
     * @throws WrongKey if the key does not open the repository
     */
    static MasterKey unlock(Replicas replicas, ConfigFile config, RepositoryKey key) {
        String slotName = switch (key) {
            case RepositoryKey.Passphrase ignored -> KeySlot.PASSPHRASE;
            case RepositoryKey.RecoveryCode ignored -> KeySlot.RECOVERY;
        };
        StoreKey file = KeyFile.key(slotName);
        KeySlot slot = replicas.read(
                file,
                (replica, bytes) -> KeyFile.decode(bytes, file, replica.store().location()));
        Optional<MasterKey> master = slot.unwrap(secret(key), config.id());
        return master.orElseThrow(() -> wrong(key, replicas));
    }

    /** The text that a key slot is wrapped under. */
    static String secret(RepositoryKey key) {
        return switch (key) {
            case RepositoryKey.Passphrase passphrase -> Normalizer.normalize(passphrase.text(), Normalizer.Form.NFC);
            case RepositoryKey.RecoveryCode code -> RecoveryCodes.normalise(code.text());
        };
    }

    private static WrongKey wrong(RepositoryKey key, Replicas replicas) {
        String location = replicas.reachable().getFirst().store().location();
        return switch (key) {
            case RepositoryKey.Passphrase ignored ->
                new WrongKey(
                        ErrorCode.WRONG_KEY,
                        "the passphrase does not open the repository at " + location,
                        "Use the passphrase it was made with, or the recovery code (HOLDFAST_RECOVERY_CODE).");
            case RepositoryKey.RecoveryCode ignored ->
                new WrongKey(
                        ErrorCode.WRONG_KEY,
                        "the recovery code does not open the repository at " + location,
                        "Use the code that 'holdfast init' printed for this repository.");
        };
    }
}
