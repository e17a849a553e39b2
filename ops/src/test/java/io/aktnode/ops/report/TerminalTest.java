package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void redrawsTheLiveLineBelowOtherLines() {
        Terminal terminal = new Terminal(out, true, 80);

        terminal.live("1 %");
        terminal.line("done");
        terminal.endLive();

        assertEquals("\r\033[K1 %\r\033[Kdone\n1 %\r\033[K", written());
    }

    @Test
    void cutsTheLiveLineToTheWidth() {
        new Terminal(out, true, 10).live("0123456789abc");

        assertEquals("\r\033[K012345678", written());
    }

    @Test
    void writesNoControlCharactersIntoAPipe() {
        Terminal terminal = new Terminal(out, false, 80);

        terminal.live("1 %");
        terminal.line("done");
        terminal.endLive();

        assertEquals("done\n", written());
    }
}
