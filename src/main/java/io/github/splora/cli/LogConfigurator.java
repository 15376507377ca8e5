package io.github.splora.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.github.splora.error.Printable;
import java.nio.charset.StandardCharsets;

/**
 * Sends the log to standard error, since standard output is for results. This is Java code because reading a
 * {@code logback.xml} took a tenth of every start. A file given with {@code -Dlogback.configurationFile} takes
 * precedence. Logback finds this class in every program that has splora's jar, so it does nothing unless that program is
 * splora's own.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    /** System property that {@link Main} sets. */
    static final String ACTIVE = "splora.logging";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(ACTIVE) == null || System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(toStandardError(context));
        context.getLogger("ai.djl").setLevel(Level.ERROR);
        context.getLogger("io.github.splora").setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static ConsoleAppender<ILoggingEvent> toStandardError(LoggerContext context) {
        Lines lines = new Lines();
        lines.setContext(context);
        lines.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(lines);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setName("stderr");
        appender.setContext(context);
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** Formats the program's name, the level unless it is INFO, and the message; no stack traces. */
    private static final class Lines extends LayoutBase<ILoggingEvent> {

        @Override
        public String doLayout(ILoggingEvent event) {
            String level = event.getLevel() == Level.INFO ? "" : event.getLevel() + ": ";
            return Printable.line("splora: " + level + event.getFormattedMessage()) + System.lineSeparator();
        }
    }
}
