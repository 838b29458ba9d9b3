package dev.holdfast.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.TimeBasedRollingPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Logs go to standard error, warnings only unless asked for more. A server logs what it does, there and into one file a day.
 * Found by Logback as a service; reads no file.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final int KEPT_DAYS = 30;

    private static volatile boolean verbose;

    /** Asks for more; before the first logger is used. */
    static void verbose(boolean wanted) {
        verbose = wanted;
    }

    /**
     * From now on as a server logs.
     *
     * @param folder where the file of the day goes; there, the last {@value KEPT_DAYS} are kept
     * @param structured whether a line is a JSON object
     */
    static void serving(Path folder, boolean structured) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.reset();
            root(context, daily(context, folder, structured));
            root(context, console(context, encoder(context, structured)));
            levels(context, Level.INFO, Level.WARN);
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n");
        encoder.start();
        root(context, console(context, encoder));
        levels(context, Level.WARN, verbose ? Level.INFO : Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void root(LoggerContext context, Appender<ILoggingEvent> appender) {
        context.getLogger("ROOT").addAppender(appender);
    }

    /**
     * @param own of Holdfast itself
     * @param others of everybody else
     */
    private static void levels(LoggerContext context, Level own, Level others) {
        context.getLogger("ROOT").setLevel(others);
        context.getLogger("dev.holdfast").setLevel(verbose ? Level.DEBUG : own);
        // what it warns of is an exception for us, and told as such
        context.getLogger("org.apache.sshd").setLevel(verbose ? Level.WARN : Level.OFF);
    }

    private static Appender<ILoggingEvent> console(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    private static Appender<ILoggingEvent> daily(LoggerContext context, Path folder, boolean structured) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setName("daily");
        appender.setEncoder(encoder(context, structured));
        TimeBasedRollingPolicy<ILoggingEvent> policy = new TimeBasedRollingPolicy<>();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(folder.resolve("holdfast-%d{yyyy-MM-dd}.log").toString());
        policy.setMaxHistory(KEPT_DAYS);
        policy.start();
        appender.setRollingPolicy(policy);
        appender.start();
        return appender;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, boolean structured) {
        EncoderBase<ILoggingEvent> encoder = structured ? structured() : plain(context);
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static EncoderBase<ILoggingEvent> structured() {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        return encoder;
    }

    /** What others put into a message cannot begin a line of its own. */
    private static EncoderBase<ILoggingEvent> plain(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg){'[\\r\\n\\x00-\\x08\\x0b-\\x1f\\x7f]+', ' '}%n");
        return encoder;
    }
}
