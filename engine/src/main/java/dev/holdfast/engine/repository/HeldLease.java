package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.StoreKey;
import java.security.SecureRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lease of this process: beats once a minute at every destination that can be reached, until it is closed. */
final class HeldLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLease.class);
    private static final int BEAT_SECONDS = 60;

    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final SecureRandom random;
    private final Lease lease;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lease").daemon().factory());
    private @Nullable ScheduledFuture<?> beating;
    private long beat;
    private boolean closed;

    HeldLease(Replicas replicas, RepositoryKeys keys, SecureRandom random, Lease lease) {
        this.replicas = replicas;
        this.keys = keys;
        this.random = random;
        this.lease = lease;
    }

    Lease lease() {
        return lease;
    }

    /** Puts the lease down; a destination that cannot take it falls behind, one at least must. */
    void begin() {
        HoldfastException failure = null;
        int held = 0;
        for (Replica replica : replicas.reachable()) {
            try {
                write(replica, 0);
                held++;
            } catch (HoldfastException e) {
                replica.fallBehind(e.getMessage(), false);
                failure = e;
            }
        }
        if (held == 0) {
            heart.shutdownNow();
            throw failure != null ? failure : replicas.nobody();
        }
        beating = heart.scheduleWithFixedDelay(this::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    private void write(Replica replica, long number) {
        StoreKey key = Lease.key(lease.session(), number);
        replica.store().create(key, Body.of(SealedDocument.seal(FileKind.LEASE, key, lease.encode(), keys, random)));
    }

    private synchronized void beat() {
        if (closed) {
            return;
        }
        beat++;
        for (Replica replica : replicas.reachable()) {
            try {
                write(replica, beat);
                replica.store().delete(Lease.key(lease.session(), beat - 1));
            } catch (HoldfastException e) {
                LOG.warn("lease not renewed destination={} reason={}", replica.name(), e.getMessage());
            }
        }
    }

    /** Takes the lease away. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (beating != null) {
            beating.cancel(false);
        }
        heart.shutdownNow();
        for (Replica replica : replicas.reachable()) {
            for (long number = Math.max(0, beat - 1); number <= beat; number++) {
                try {
                    replica.store().delete(Lease.key(lease.session(), number));
                } catch (HoldfastException e) {
                    LOG.warn("lease not removed destination={} reason={}", replica.name(), e.getMessage());
                }
            }
        }
    }
}
