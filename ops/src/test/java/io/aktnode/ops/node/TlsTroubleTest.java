package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class TlsTroubleTest {

    @Test
    void saysTheSameOnlyOnceAMinute() {
        AtomicLong nowNs = new AtomicLong();
        List<String> said = new ArrayList<>();
        TlsTrouble trouble = new TlsTrouble(said::add, nowNs::get);

        trouble.failed("to a node on a", new SSLException("first"));
        trouble.failed("to a node on a", new SSLException("second"));
        trouble.failed("to a node on b", new SSLException("third"));
        nowNs.addAndGet(Duration.ofMinutes(1).toNanos());
        trouble.failed("to a node on a", new SSLException("fourth"));

        assertEquals(
                List.of(
                        "no TLS connection to a node on a (first)",
                        "no TLS connection to a node on b (third)",
                        "no TLS connection to a node on a (fourth)"),
                said.stream().map(line -> line.substring(0, line.indexOf(';'))).toList());
    }
}
