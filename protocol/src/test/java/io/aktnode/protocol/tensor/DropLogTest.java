package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aktnode.protocol.frame.DropReason;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DropLogTest {

    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 5);
    private final DropLog log = new DropLog(12, nowNs::get);
    private final Logger logger = (Logger) LoggerFactory.getLogger(DropLog.class);
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

    private void drop(DropReason reason) {
        if (log.open(reason)) {
            log.log(reason, 7, null, "detail", null);
        }
    }

    @Test
    void logsEachReasonOnceInTenSecondsAndCountsTheRest() {
        for (int i = 0; i < 5; i++) {
            drop(DropReason.CORRUPTED);
        }
        drop(DropReason.REFUSED);
        nowNs.addAndGet(LogGate.INTERVAL_NS - 1);
        assertFalse(log.open(DropReason.CORRUPTED));
        nowNs.addAndGet(1);
        assertTrue(log.open(DropReason.CORRUPTED));
        drop(DropReason.CORRUPTED);

        assertEquals(
                List.of(
                        "stream 12 session 7: dropped a frame (CORRUPTED): detail; 0 more like this"
                                + " since the last line",
                        "stream 12 session 7: dropped a frame (REFUSED): detail; 0 more like this"
                                + " since the last line",
                        "stream 12 session 7: dropped a frame (CORRUPTED): detail; 5 more like this"
                                + " since the last line"),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    }
}
