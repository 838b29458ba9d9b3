package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.ChunkerParameters;
import dev.holdfast.engine.crypto.KeySlot;
import dev.holdfast.engine.crypto.MasterKey;
import dev.holdfast.engine.crypto.RecoveryCodes;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.StoreKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes a repository, or adds destinations to one. The config is written last: a destination without one holds nothing yet, so
 * an attempt that was cut off is simply begun again.
 */
final class RepositoryCreation {
    private static final int LEAST_PASSPHRASE = 8;

    private final List<Destination> destinations;
    private final RepositoryKey.Passphrase passphrase;
    private final Consumer<String> keeping;
    private final SecureRandom random;

    RepositoryCreation(
            List<Destination> destinations,
            RepositoryKey.Passphrase passphrase,
            Consumer<String> keeping,
            SecureRandom random) {
        this.destinations = destinations;
        this.passphrase = passphrase;
        this.keeping = keeping;
        this.random = random;
    }

    Repository.Created run() {
        requirePassphrase();
        destinations.forEach(destination -> destination.store().prepare());
        Map<Destination, ConfigFile> existing = existing();
        List<Destination> empty =
                destinations.stream().filter(d -> !existing.containsKey(d)).toList();
        empty.forEach(destination -> destination.store().probe());
        if (existing.isEmpty()) {
            return createNew(empty);
        }
        return join(existing, empty);
    }

    private void requirePassphrase() {
        if (passphrase.text().codePointCount(0, passphrase.text().length()) < LEAST_PASSPHRASE) {
            throw new Invalid(
                    ErrorCode.SECRET_MISSING,
                    "the passphrase has fewer than " + LEAST_PASSPHRASE + " characters",
                    "Use a long one: whoever has a copy of the repository can try passphrases without end.");
        }
    }

    private Map<Destination, ConfigFile> existing() {
        Map<Destination, ConfigFile> found = new LinkedHashMap<>();
        for (Destination destination : destinations) {
            ObjectStore store = destination.store();
            try {
                found.put(destination, ConfigFile.decode(store.read(ConfigFile.KEY), store.location()));
            } catch (Missing e) {
                if (!Unlocking.isAbsence(e)) {
                    throw e;
                }
            }
        }
        return found;
    }

    private Repository.Created createNew(List<Destination> empty) {
        empty.forEach(RepositoryCreation::requireNoData);
        byte[] idBytes = new byte[16];
        random.nextBytes(idBytes);
        ConfigFile config = new ConfigFile(HexFormat.of().formatHex(idBytes), ChunkerParameters.DEFAULT);
        MasterKey master = MasterKey.generate(random);
        String code = RecoveryCodes.generate(random);
        List<KeySlot> slots = List.of(
                wrap(KeySlot.PASSPHRASE, KeySlot.Derivation.Argon2id.DEFAULT, passphrase, master, config),
                wrap(
                        KeySlot.RECOVERY,
                        new KeySlot.Derivation.Hkdf(),
                        new RepositoryKey.RecoveryCode(code),
                        master,
                        config));
        Map<StoreKey, byte[]> keyFiles = new LinkedHashMap<>();
        slots.forEach(slot -> keyFiles.put(KeyFile.key(slot.name()), KeyFile.encode(slot)));
        keeping.accept(code);
        write(empty, keyFiles, config.encode());
        return new Repository.Created(
                config.id(), code, empty.stream().map(Destination::name).toList());
    }

    private KeySlot wrap(
            String name, KeySlot.Derivation derivation, RepositoryKey key, MasterKey master, ConfigFile config) {
        return KeySlot.wrap(name, derivation, Unlocking.secret(key), master, config.id(), random);
    }

    private Repository.Created join(Map<Destination, ConfigFile> existing, List<Destination> empty) {
        Replicas holders = new Replicas(List.copyOf(existing.keySet()));
        ConfigFile config = Unlocking.config(holders);
        Unlocking.unlock(holders, config, passphrase);
        Map<StoreKey, byte[]> keyFiles = new LinkedHashMap<>();
        for (String slot : List.of(KeySlot.PASSPHRASE, KeySlot.RECOVERY)) {
            StoreKey key = KeyFile.key(slot);
            keyFiles.put(key, holders.read(key, (replica, bytes) -> {
                KeyFile.decode(bytes, key, replica.store().location());
                return bytes;
            }));
        }
        write(empty, keyFiles, config.encode());
        return new Repository.Created(
                config.id(), "", empty.stream().map(Destination::name).toList());
    }

    /** Data without a config is a damaged repository, and a new key over it would lock it for ever. */
    private static void requireNoData(Destination destination) {
        for (String folder : List.of("log/", "data/", "meta/")) {
            destination.store().list(folder, object -> {
                throw new Damaged(
                        ErrorCode.REPOSITORY_EXISTS,
                        "'config' is missing at " + destination.store().location() + ", but '" + object.key()
                                + "' is there",
                        "A repository has lost its config: put it back from a copy, or choose another place.");
            });
        }
    }

    private static void write(List<Destination> targets, Map<StoreKey, byte[]> keyFiles, byte[] config) {
        List<Destination> done = new ArrayList<>();
        try {
            for (Destination target : targets) {
                for (Map.Entry<StoreKey, byte[]> file : keyFiles.entrySet()) {
                    // left by an attempt that never wrote its config
                    target.store().delete(file.getKey());
                    target.store().create(file.getKey(), Body.of(file.getValue()));
                }
            }
            for (Destination target : targets) {
                target.store().create(ConfigFile.KEY, Body.of(config));
                done.add(target);
            }
        } catch (HoldfastException e) {
            undo(done);
            throw e;
        }
    }

    /** Nobody has seen the recovery code yet, so a repository at some of the destinations only would be without one. */
    private static void undo(List<Destination> done) {
        for (Destination target : done) {
            target.store().delete(ConfigFile.KEY);
        }
    }
}
