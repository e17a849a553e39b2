package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aeron.exceptions.AeronEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FaultsTest {

    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 5);
    private final Faults faults = new Faults(fault -> {}, nowNs::get);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private boolean additive;
    private Level level;

    @BeforeEach
    void listen() {
        additive = logger.isAdditive();
        level = logger.getLevel();
        logger.setAdditive(false);
        logger.setLevel(Level.WARN);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(additive);
        logger.setLevel(level);
    }

    private static String line(String fault, int suppressed) {
        return "the data plane had a fault and goes on: "
                + fault
                + "; "
                + suppressed
                + " more like this since the last line";
    }

    @Test
    void countsEveryFaultAndLogsEachKindOnceInTenSeconds() {
        for (int i = 0; i < 5; i++) {
            faults.onError(new AeronEvent("from port " + i));
        }
        faults.onError(new IllegalStateException("rare"));
        nowNs.addAndGet(LogGate.INTERVAL_NS);
        faults.onError(new AeronEvent("from port 5"));

        assertEquals(7, faults.count());
        assertEquals(
                List.of(
                        line("io.aeron.exceptions.AeronEvent: WARN - from port 0", 0),
                        line("java.lang.IllegalStateException: rare", 0),
                        line("io.aeron.exceptions.AeronEvent: WARN - from port 5", 4)),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
        assertEquals(
                List.of("WARN - from port 0", "rare", "WARN - from port 5"),
                lines.list.stream().map(line -> line.getThrowableProxy().getMessage()).toList());
    }
}
