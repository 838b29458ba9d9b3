package dev.holdfast.control.operation;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.repository.Repository;
import dev.holdfast.engine.repository.RepositoryKey;
import java.util.function.Consumer;

/** Makes and opens repositories at the places a configuration names. */
public interface Repositories {
    /** As {@link Repository#create}. */
    Repository.Created create(RepositoryConfig config, RepositoryKey.Passphrase passphrase, Consumer<String> keeping);

    /**
     * As {@link Repository#open}.
     *
     * @throws dev.holdfast.engine.error.Missing (SECRET_MISSING) if the configuration has no key
     */
    OpenRepository open(RepositoryConfig config);
}
