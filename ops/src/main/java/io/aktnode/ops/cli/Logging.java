package io.aktnode.ops.cli;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.aktnode.ops.report.Terminal;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** Sends log lines to the terminal without tearing its live line. */
final class Logging {

    private static final String OWN = "io.aktnode";

    /** Akka quotes what strangers send; none of it shall reach a terminal as a command. */
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}&&[^\n\t]]");

    /** How much is shown. */
    enum Level {
        WARNINGS("WARN: %msg%n%nopex", ch.qos.logback.classic.Level.WARN),
        NODE(
                "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n%nopex",
                ch.qos.logback.classic.Level.INFO),
        ALL(
                "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{24}: %msg%n%ex",
                ch.qos.logback.classic.Level.DEBUG);

        private final String pattern;
        private final ch.qos.logback.classic.Level own;

        Level(String pattern, ch.qos.logback.classic.Level own) {
            this.pattern = pattern;
            this.own = own;
        }
    }

    private Logging() {}

    static void start(Terminal terminal, Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(level.pattern);
        layout.start();
        TerminalAppender appender = new TerminalAppender(terminal, layout);
        appender.setContext(context);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(
                level == Level.ALL
                        ? ch.qos.logback.classic.Level.INFO
                        : ch.qos.logback.classic.Level.WARN);
        context.getLogger(OWN).setLevel(level.own);
        if (level != Level.ALL) {
            // Each try to reach a node that is not there yet, or not any more; the cluster tells.
            context.getLogger("akka.stream.Materializer")
                    .setLevel(ch.qos.logback.classic.Level.ERROR);
        }
    }

    private static final class TerminalAppender extends AppenderBase<ILoggingEvent> {
        private final Terminal terminal;
        private final PatternLayout layout;

        private TerminalAppender(Terminal terminal, PatternLayout layout) {
            this.terminal = terminal;
            this.layout = layout;
        }

        @Override
        protected void append(ILoggingEvent event) {
            terminal.line(CONTROLS.matcher(layout.doLayout(event).stripTrailing()).replaceAll("?"));
        }
    }
}
