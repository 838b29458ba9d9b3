package dev.holdfast.cli.service;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.ApiToken;
import dev.holdfast.control.access.ApiTokens;
import dev.holdfast.control.access.TokenId;
import dev.holdfast.control.access.Users;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then how long the server's certificate and API tokens are still good. */
final class ExpiryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryWatch.class);
    private static final Duration EVERY = Duration.ofHours(6);
    /** Whoever has not missed a token for so long does not need it. */
    private static final Duration MISSED_WITHIN = Duration.ofDays(14);

    private static final int PAGE = 500;

    private final Optional<Path> certificate;
    private final ApiTokens tokens;
    private final Users users;
    private final Notifier notifier;
    private final InstantSource clock;
    private final CountDownLatch ending = new CountDownLatch(1);

    ExpiryWatch(Optional<Path> certificate, Access access, Notifier notifier, InstantSource clock) {
        this.certificate = certificate;
        this.tokens = access.tokens();
        this.users = access.users();
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
        try {
            certificate.ifPresent(this::certificate);
            notifier.hear(new Fact.ExpiriesSeen("token", ends(), clock.instant()));
        } catch (RuntimeException e) {
            LOG.warn("nobody could be told how long the certificate and tokens are good", e);
        }
    }

    private void certificate(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            X509Certificate found =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
            Instant ends = found.getNotAfter().toInstant();
            notifier.hear(new Fact.ExpirySeen(Optional.empty(), "certificate", file.toString(), ends, clock.instant()));
        } catch (IOException | CertificateException e) {
            LOG.warn("the certificate cannot be read, so nobody knows how long it is good", e);
        }
    }

    /** Of tokens of one owner with one label the one that ends last: the others were replaced. */
    private List<Fact.Expiry> ends() {
        Instant since = clock.instant().minus(MISSED_WITHIN);
        Map<String, Fact.Expiry> last = new TreeMap<>();
        Optional<TokenId> before = Optional.empty();
        List<ApiToken> page;
        do {
            page = tokens.list(Optional.empty(), before, PAGE);
            for (ApiToken token : page) {
                token.expires()
                        .filter(ends -> ends.isAfter(since))
                        .map(ends -> new Fact.Expiry(name(token), token.made(), ends))
                        .ifPresent(one -> last.merge(one.name(), one, ExpiryWatch::later));
                before = Optional.of(token.id());
            }
        } while (page.size() == PAGE);
        return List.copyOf(last.values());
    }

    /** Names of users have no spaces, so no two owners share one. */
    private String name(ApiToken token) {
        String owner = users.find(token.owner())
                .map(user -> user.name())
                .orElseGet(() -> token.owner().text());
        return token.label() + " of " + owner;
    }

    private static Fact.Expiry later(Fact.Expiry one, Fact.Expiry other) {
        return one.ends().isAfter(other.ends()) ? one : other;
    }

    @Override
    public void close() {
        ending.countDown();
    }
}
