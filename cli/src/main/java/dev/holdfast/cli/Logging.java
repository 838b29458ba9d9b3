package dev.holdfast.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/** Logs go to standard error, warnings only unless asked for more. Found by Logback as a service; reads no file. */
public final class Logging extends ContextAwareBase implements Configurator {
    private static volatile boolean verbose;

    /** Asks for more; before the first logger is used. */
    static void verbose(boolean wanted) {
        verbose = wanted;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger("ROOT").addAppender(appender);
        context.getLogger("ROOT").setLevel(verbose ? Level.INFO : Level.WARN);
        context.getLogger("dev.holdfast").setLevel(verbose ? Level.DEBUG : Level.WARN);
        // what it warns of is an exception for us, and told as such
        context.getLogger("org.apache.sshd").setLevel(verbose ? Level.WARN : Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
