package dev.holdfast.connectors.s3;

import dev.holdfast.engine.store.RetryingStore;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The clients of one location, over one set of connections. They agree with every server: no checksum trailers unless an
 * operation asks for them. Safe for many threads.
 */
final class S3Clients implements AutoCloseable {
    /** Bodies from this length on are signed piece by piece; smaller ones whole, which every server takes even if empty. */
    private static final int PIECEWISE = 128 << 10;

    private static final int TRIES = 5;

    /** A server that never answered is more likely away than shaken. */
    private static final int TRIES_BEFORE_FIRST_ANSWER = 3;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final S3Location location;
    private final SdkHttpClient http;
    private final S3Client once;
    private final S3Client onceWhole;
    private final S3Client repeating;
    private final S3Client repeatingWhole;
    private final S3Client brief;
    private final S3Client briefWhole;
    private volatile boolean answered;

    S3Clients(S3Location location) {
        this(
                location,
                AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(TRIES)
                        .circuitBreakerEnabled(false)
                        .build(),
                TRIES,
                SILENCE);
    }

    /**
     * @param patience how the repeating clients repeat
     * @param silence how long to wait for an answer
     */
    S3Clients(S3Location location, RetryingStore.Policy patience, Duration silence) {
        this(location, strategy(patience), Math.min(TRIES_BEFORE_FIRST_ANSWER, patience.tries()), silence);
    }

    private S3Clients(S3Location location, RetryStrategy again, int atFirst, Duration silence) {
        this.location = location;
        http = Apache5HttpClient.builder()
                .maxConnections(location.connections())
                .connectionAcquisitionTimeout(SILENCE)
                .connectionTimeout(CONNECT)
                .socketTimeout(silence)
                .tcpKeepAlive(true)
                .build();
        RetryStrategy never = DefaultRetryStrategy.doNotRetry();
        once = client(location, never, true);
        onceWhole = client(location, never, false);
        repeating = client(location, again, true);
        repeatingWhole = client(location, again, false);
        RetryStrategy few = again.toBuilder().maxAttempts(atFirst).build();
        brief = client(location, few, true);
        briefWhole = client(location, few, false);
    }

    private static RetryStrategy strategy(RetryingStore.Policy patience) {
        BackoffStrategy pauses =
                BackoffStrategy.exponentialDelayHalfJitter(patience.firstPause(), patience.longestPause());
        return AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(patience.tries())
                .backoffStrategy(pauses)
                .throttlingBackoffStrategy(pauses)
                .circuitBreakerEnabled(false)
                .build();
    }

    /** Signs addresses that others may fetch. */
    S3Presigner presigner() {
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(Region.of(location.region()))
                .credentialsProvider(credentials(location))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(location.pathStyle())
                        .build());
        location.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** Makes every call once. */
    S3Client once() {
        return once;
    }

    /** Makes every call once; for writing a body of a given length. */
    S3Client onceFor(long bodyBytes) {
        return bodyBytes < PIECEWISE ? onceWhole : once;
    }

    /** Repeats calls after passing faults; for calls whose repetition does no harm. */
    S3Client repeating() {
        return answered ? repeating : brief;
    }

    /** Repeats calls twice at most; for tidying up, which can be left to others. */
    S3Client brief() {
        return brief;
    }

    /** Repeats calls after passing faults; for writing a body of a given length that can be read again. */
    S3Client repeatingFor(long bodyBytes) {
        return bodyBytes < PIECEWISE ? repeatingWhole() : repeating();
    }

    /**
     * Repeats calls after passing faults and signs bodies whole, which reads them twice where the connection is not
     * encrypted; for objects of others: a body signed piece by piece leaves {@code Content-Encoding: aws-chunked} at its
     * object on some servers (Ceph RGW 16.2).
     */
    S3Client repeatingWhole() {
        return answered ? repeatingWhole : briefWhole;
    }

    /** Hears of every answer, whatever it says. */
    private final class Listening implements ExecutionInterceptor {
        @Override
        public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
            answered = true;
        }
    }

    private S3Client client(S3Location location, RetryStrategy retries, boolean piecewise) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(location.region()))
                .credentialsProvider(credentials(location))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(location.pathStyle())
                        .chunkedEncodingEnabled(piecewise)
                        .build())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(c -> c.retryStrategy(retries).addExecutionInterceptor(new Listening()))
                .httpClient(http);
        location.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(S3Location location) {
        return location.credentials()
                .<AwsCredentialsProvider>map(c -> StaticCredentialsProvider.create(credentials(c)))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    private static AwsCredentials credentials(S3Credentials credentials) {
        return credentials
                .sessionToken()
                .<AwsCredentials>map(
                        token -> AwsSessionCredentials.create(credentials.accessKey(), credentials.secretKey(), token))
                .orElseGet(() -> AwsBasicCredentials.create(credentials.accessKey(), credentials.secretKey()));
    }

    @Override
    public void close() {
        once.close();
        onceWhole.close();
        repeating.close();
        repeatingWhole.close();
        brief.close();
        briefWhole.close();
        http.close();
    }
}
