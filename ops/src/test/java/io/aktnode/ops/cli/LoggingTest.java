package io.aktnode.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.ops.report.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {

    @Test
    void whatStrangersSendReachesNoTerminalAsACommand() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Logging.start(new Terminal(stream, false, 80), Logging.Level.WARNINGS);

        LoggerFactory.getLogger("akka.actor.ActorSystemImpl")
                .warn("Illegal request '{}'", "\u001b[2J\u0007GÉT\r\u009b31m\tend");

        String expected = "WARN: Illegal request '?[2J?GÉT??31m\tend'" + System.lineSeparator();
        assertEquals(expected, out.toString(StandardCharsets.UTF_8));
    }
}
