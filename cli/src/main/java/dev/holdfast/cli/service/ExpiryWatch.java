package dev.holdfast.cli.service;

import dev.holdfast.control.notify.Fact;
import dev.holdfast.control.notify.Notifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then how long the server's certificate is still good. */
final class ExpiryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryWatch.class);
    private static final Duration EVERY = Duration.ofHours(6);

    private final Path certificate;
    private final Notifier notifier;
    private final InstantSource clock;
    private final CountDownLatch ending = new CountDownLatch(1);

    ExpiryWatch(Path certificate, Notifier notifier, InstantSource clock) {
        this.certificate = certificate;
        this.notifier = notifier;
        this.clock = clock;
    }

    ExpiryWatch start() {
        Thread.ofVirtual().name("expiry").start(this::watch);
        return this;
    }

    private void watch() {
        try {
            do {
                look();
            } while (!ending.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void look() {
        try (InputStream pem = Files.newInputStream(certificate)) {
            X509Certificate found =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
            Instant ends = found.getNotAfter().toInstant();
            notifier.hear(new Fact.ExpirySeen(
                    Optional.empty(), "certificate", certificate.toString(), ends, clock.instant()));
        } catch (IOException | CertificateException e) {
            LOG.warn("the certificate cannot be read, so nobody knows how long it is good", e);
        } catch (RuntimeException e) {
            LOG.warn("nobody could be told how long the certificate is good", e);
        }
    }

    @Override
    public void close() {
        ending.countDown();
    }
}
