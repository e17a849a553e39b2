package io.aktnode.ops.node;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says why TLS with another node failed, once a minute for each: nodes try again every few seconds.
 * Any thread may call it.
 */
final class TlsTrouble {

    private static final long SILENCE_NS = Duration.ofMinutes(1).toNanos();

    private final Consumer<String> log;
    private final LongSupplier clockNs;
    private final Map<String, Long> lastNs = new ConcurrentHashMap<>();

    TlsTrouble(Consumer<String> log, LongSupplier clockNs) {
        this.log = log;
        this.clockNs = clockNs;
    }

    /**
     * @param connection as in "no TLS connection …"
     */
    void failed(String connection, Throwable cause) {
        long now = clockNs.getAsLong();
        Long before = lastNs.get(connection);
        if (before != null && now - before < SILENCE_NS) {
            return;
        }
        lastNs.put(connection, now);
        log.accept(
                "no TLS connection "
                        + connection
                        + " ("
                        + cause.getMessage()
                        + "); expected akt.node.tls of all nodes with certificates of one CA that"
                        + " are valid and share a name");
    }
}
