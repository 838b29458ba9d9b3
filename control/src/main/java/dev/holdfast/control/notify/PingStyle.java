package dev.holdfast.control.notify;

/** How a monitor is spoken to. */
public enum PingStyle {
    /** As healthchecks.io: {@code /start}, {@code /fail}, a run's id and the end of its log as the body. */
    HEALTHCHECKS,
    /** As the push monitor of Uptime Kuma: {@code status}, {@code msg} and {@code ping}; it knows no start. */
    UPTIME_KUMA
}
