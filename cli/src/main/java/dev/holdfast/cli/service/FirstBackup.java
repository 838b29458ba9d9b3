package dev.holdfast.cli.service;

import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.operation.InitResult;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.run.Preparation;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.engine.source.Source;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for sources that are still starting, makes the repository with all its places where there is none yet, and makes a place
 * again that is gone.
 */
final class FirstBackup implements Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(FirstBackup.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Connectors connectors;
    private final Repositories repositories;
    private final Snapshots snapshots;
    private final MadeKeys keys;
    private final Duration patience;
    private final InstantSource clock;

    FirstBackup(
            Connectors connectors,
            Repositories repositories,
            Snapshots snapshots,
            MadeKeys keys,
            Duration patience,
            InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.snapshots = snapshots;
        this.keys = keys;
        this.patience = patience;
        this.clock = clock;
    }

    @Override
    public void prepare(StackRecord stack) {
        if (snapshots.count(SnapshotFilter.ALL.ofStack(stack.name())) > 0) {
            makeLostPlaces(stack);
            return;
        }
        stack.config().sources().forEach(source -> await(stack, source));
        if (stack.config().repository().key().orElse(null) instanceof RepositoryKey.Passphrase) {
            InitResult made = new InitOperation(repositories).run(stack.config().repository());
            if (!made.added().isEmpty()) {
                LOG.info("repository made stack={} destinations={}", stack.name(), made.added());
            }
            if (made.created()) {
                keys.keepRecoveryCode(stack.name(), made.recoveryCode(), clock.instant());
                Reminders.unsaved(stack.name());
            }
        }
    }

    /**
     * Makes destinations again that are gone; the next synchronisation fills them. Only while another still has the repository:
     * if all are gone, that is a disaster to be told, and not to be covered by a new repository.
     */
    private void makeLostPlaces(StackRecord stack) {
        boolean behind = snapshots.look(stack.name()).stream()
                .flatMap(look -> look.destinations().stream())
                .anyMatch(destination -> !destination.level());
        if (behind && stack.config().repository().key().orElse(null) instanceof RepositoryKey.Passphrase) {
            try (OpenRepository _ = repositories.open(stack.config().repository())) {
                InitResult made =
                        new InitOperation(repositories).run(stack.config().repository());
                if (!made.added().isEmpty()) {
                    LOG.warn(
                            "destinations were gone and are made again stack={} destinations={}",
                            stack.name(),
                            made.added());
                }
            } catch (HoldfastException e) {
                LOG.info("a destination of stack={} is still away: {}", stack.name(), e.getMessage());
            }
        }
    }

    /** Only what does not answer is waited for; whatever else is wrong is told by the backup itself. */
    private void await(StackRecord stack, SourceConfig config) {
        long until = System.nanoTime() + patience.toNanos();
        boolean told = false;
        while (true) {
            try (Source source = connectors.source(config, stack.config().repository())) {
                source.preflight();
                return;
            } catch (Unavailable e) {
                if (System.nanoTime() > until) {
                    return;
                }
                if (!told) {
                    LOG.info("waiting for source={} of stack={}: {}", config.name(), stack.name(), e.getMessage());
                    told = true;
                }
                pause();
            } catch (HoldfastException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "cancelled while waiting for a source", "", e);
        }
    }
}
