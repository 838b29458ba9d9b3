package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.server.services.RecoveryCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MadeKeysTest {
    private static final Instant NOW = Instant.parse("2026-11-20T05:00:00Z");

    @TempDir
    private Path folder;

    private MadeKeys keys = new MadeKeys(new StateFolder(Path.of("/nowhere")), new SecureRandom());

    @BeforeEach
    void begin() {
        keys = new MadeKeys(new StateFolder(folder), new SecureRandom());
    }

    @Test
    void a_key_that_was_given_stays() {
        Environment given = new Environment(Map.of("HOLDFAST_PASSPHRASE", "four random words"));

        assertThat(keys.keyed(given)).isEqualTo(given);
        assertThat(keys.passphraseFile()).doesNotExist();
    }

    @Test
    void a_key_that_was_not_given_is_made_once_and_for_its_owner_alone() throws IOException {
        Environment none = new Environment(Map.of("HOME", "/home"));
        assertThat(keys.keyedIfMade(none)).isEqualTo(none);
        Environment made = keys.keyed(none);

        assertThat(made.repositoryKey()).isPresent();
        assertThat(made.value("HOME")).contains("/home");
        assertThat(keys.keyed(none)).isEqualTo(made);
        assertThat(keys.keyedIfMade(none)).isEqualTo(made);
        Path file = keys.passphraseFile();
        assertThat(Files.readString(file).strip()).matches("([0-9a-z]{5}-){7}[0-9a-z]{5}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void the_server_knows_whether_a_code_is_kept_and_saved_and_says_once_that_it_is() {
        RecoveryCodes codes = keys.codes(() -> NOW);
        assertThat(codes.saved("shop")).isEmpty();
        assertThat(codes.acknowledge("shop")).isFalse();
        assertThat(codes.saved("shop")).isEmpty();
        keys.keepRecoveryCode("shop", "abcde", NOW);
        assertThat(codes.saved("shop")).contains(false);
        assertThat(codes.acknowledge("shop")).isTrue();
        assertThat(codes.acknowledge("shop")).isTrue();
        assertThat(codes.saved("shop")).contains(true);
        assertThat(keys.unsaved()).isEmpty();
        keys.keepRecoveryCode("shop", "fghij", NOW);
        assertThat(codes.saved("shop")).contains(false);
    }

    @Test
    void the_key_that_was_made_is_known_again() {
        Environment made = keys.keyed(new Environment(Map.of()));
        LocalConfig disk = new LocalConfig("disk", folder);

        assertThat(keys.opens(RepositoryConfig.of(made.repositoryKey(), List.of(disk))))
                .isTrue();
        assertThat(keys.opens(RepositoryConfig.of(Optional.of(new RepositoryKey.Passphrase("another")), List.of(disk))))
                .isFalse();
        assertThat(keys.opens(RepositoryConfig.of(Optional.empty(), List.of(disk))))
                .isFalse();
    }

    @Test
    void two_who_make_it_at_once_get_the_same() throws Exception {
        Set<Environment> made = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Environment>> makers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                makers.add(() -> keys.keyed(new Environment(Map.of())));
            }
            for (Future<Environment> one : threads.invokeAll(makers)) {
                made.add(one.get());
            }
        }
        assertThat(made).hasSize(1);
    }

    @Test
    void programs_that_start_at_once_get_the_same_whole_key() throws Exception {
        for (int round = 0; round < 50; round++) {
            StateFolder state = new StateFolder(folder.resolve("round" + round));
            Set<Environment> made = ConcurrentHashMap.newKeySet();
            CyclicBarrier together = new CyclicBarrier(4);
            try (ExecutorService programs = Executors.newFixedThreadPool(4)) {
                List<Callable<Boolean>> makers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    makers.add(() -> {
                        together.await();
                        return made.add(new MadeKeys(state, new SecureRandom()).keyed(new Environment(Map.of())));
                    });
                }
                for (Future<Boolean> one : programs.invokeAll(makers)) {
                    one.get();
                }
            }
            assertThat(made).hasSize(1);
            assertThat(made.iterator().next().value("HOLDFAST_PASSPHRASE").orElseThrow())
                    .hasSize(47);
            try (Stream<Path> files = Files.list(state.path().resolve("keys"))) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @Test
    void a_key_file_that_is_empty_is_told_and_not_filled_with_another_key() throws IOException {
        keys.keyed(new Environment(Map.of()));
        Files.writeString(keys.passphraseFile(), "");

        assertThatThrownBy(() -> keys.keyed(new Environment(Map.of())))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("is empty");
        assertThat(keys.passphraseFile()).isEmptyFile();
    }

    @Test
    void a_key_that_is_no_file_is_told_and_stays() throws IOException {
        Files.createDirectories(keys.passphraseFile());

        assertThatThrownBy(() -> keys.keyed(new Environment(Map.of()))).isInstanceOf(Failed.class);
        assertThat(keys.passphraseFile()).isDirectory();
    }

    @Test
    void a_key_that_others_may_read_is_noticed() throws IOException {
        assertThat(keys.exposed()).isFalse();
        keys.keyed(new Environment(Map.of()));
        assertThat(keys.exposed()).isFalse();
        Files.setPosixFilePermissions(keys.passphraseFile(), PosixFilePermissions.fromString("rw-r-----"));

        assertThat(keys.exposed()).isTrue();
    }

    @Test
    void a_recovery_code_is_reminded_of_until_it_is_saved() {
        assertThat(keys.unsaved()).isEmpty();
        keys.keepRecoveryCode("shop", "first", NOW);

        assertThat(keys.unsaved()).containsExactly("shop");
        assertThat(keys.recoveryCode("shop")).contains("first");
        keys.saved("shop", NOW);
        keys.saved("shop", NOW);
        assertThat(keys.unsaved()).isEmpty();
        assertThat(keys.withRecoveryCode()).containsExactly("shop");
        assertThat(keys.recoveryCode("shop")).contains("first");
    }

    @Test
    void the_code_of_a_new_repository_does_not_destroy_that_of_an_earlier_one() throws IOException {
        keys.keepRecoveryCode("shop", "first", NOW);
        keys.saved("shop", NOW);
        keys.keepRecoveryCode("shop", "second", NOW);

        assertThat(keys.recoveryCode("shop")).contains("second");
        assertThat(keys.unsaved()).containsExactly("shop");
        assertThat(Files.readString(folder.resolve("keys/shop.recovery-code-until-" + NOW.toEpochMilli())))
                .isEqualTo("first\n");
    }
}
