package dev.holdfast.control.notify;

import dev.holdfast.control.config.ByteSize;
import java.time.Duration;
import java.util.Optional;

/**
 * When something becomes an alarm.
 *
 * @param storage how much a destination may hold; empty for no limit
 * @param behind how long a destination may lack what the others hold
 * @param expiry how long before its end a certificate or key is an alarm
 * @param shrunkPercent how many percent fewer rows, entries or bytes are an alarm, 1 to 100
 * @param shrunkRows fewer rows or entries than this lost are none
 * @param shrunkBytes fewer bytes than this lost are none
 */
public record AlarmLimits(
        Optional<ByteSize> storage,
        Duration behind,
        Duration expiry,
        int shrunkPercent,
        long shrunkRows,
        ByteSize shrunkBytes) {
    public static final AlarmLimits USUAL =
            new AlarmLimits(Optional.empty(), Duration.ZERO, Duration.ofDays(21), 50, 100, ByteSize.mebibytes(1));

    public AlarmLimits {
        if (shrunkPercent < 1 || shrunkPercent > 100 || shrunkRows < 0 || behind.isNegative() || expiry.isNegative()) {
            throw new IllegalArgumentException("limits of alarms out of range");
        }
    }
}
