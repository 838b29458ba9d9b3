package dev.holdfast.cli.service;

import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.run.Preparation;
import dev.holdfast.control.run.Ticker;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.Source;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees before each backup that there is a repository, and before the first one that the sources have started. */
final class FirstBackup implements Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(FirstBackup.class);

    private final Connectors connectors;
    private final Snapshots snapshots;
    private final RepositoryPlaces places;
    private final Patience patience;

    /**
     * @param limit how long sources that do not answer are waited for
     */
    FirstBackup(Connectors connectors, Snapshots snapshots, RepositoryPlaces places, Duration limit, Ticker ticker) {
        this.connectors = connectors;
        this.snapshots = snapshots;
        this.places = places;
        this.patience = new Patience(limit, ticker);
    }

    @Override
    public void prepare(StackRecord stack) {
        boolean first = snapshots.count(SnapshotFilter.ALL.ofStack(stack.name())) == 0;
        if (first) {
            stack.config().sources().forEach(source -> await(stack, source));
        }
        places.prepare(stack.config(), snapshots.look(stack.name()), !first);
    }

    /** Only what does not answer is waited for; whatever else is wrong is told by the backup itself. */
    private void await(StackRecord stack, SourceConfig config) {
        try {
            patience.until(
                    () -> preflight(stack, config),
                    e -> LOG.info(
                            "waiting for source={} of stack={}: {}", config.name(), stack.name(), e.getMessage()));
        } catch (Unavailable e) {
            LOG.warn("source={} of stack={} still does not answer: {}", config.name(), stack.name(), e.getMessage());
        }
    }

    private boolean preflight(StackRecord stack, SourceConfig config) {
        try (Source source = connectors.source(config, stack.config().repository())) {
            source.preflight();
            return true;
        } catch (Unavailable e) {
            throw e;
        } catch (HoldfastException e) {
            LOG.debug("the backup will tell what is wrong with source={}", config.name(), e);
            return false;
        }
    }
}
