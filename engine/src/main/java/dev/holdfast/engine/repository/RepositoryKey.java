package dev.holdfast.engine.repository;

/** What opens a repository. Never printed. */
public sealed interface RepositoryKey {
    /** The passphrase that people or a secret store keep. */
    record Passphrase(String text) implements RepositoryKey {
        @Override
        public String toString() {
            return "Passphrase[...]";
        }
    }

    /** The code that {@code init} printed once; blanks, dashes and case do not matter. */
    record RecoveryCode(String text) implements RepositoryKey {
        @Override
        public String toString() {
            return "RecoveryCode[...]";
        }
    }
}
