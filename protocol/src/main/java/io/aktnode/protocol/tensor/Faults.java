package io.aktnode.protocol.tensor;

import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.ClientTimeoutException;
import io.aeron.exceptions.ConductorServiceTimeoutException;
import io.aeron.exceptions.DriverTimeoutException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what Aeron's threads and the poll thread could not handle. The first fatal one goes to the
 * owner, once, on a thread of its own so that the owner may close the data plane at once.
 */
final class Faults implements ErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final LongAdder count = new LongAdder();
    private final AtomicReference<Throwable> fatal = new AtomicReference<>();
    private final Consumer<Throwable> onFault;
    private final NanoClock clock;

    /** By the class of fault: strangers can provoke some at will. Guarded by itself. */
    private final Map<Class<?>, LogGate> gates = new HashMap<>();

    private volatile boolean closing;

    Faults(Consumer<Throwable> onFault, NanoClock clock) {
        this.onFault = onFault;
        this.clock = clock;
    }

    /** Records a fault; never throws, never ends the JVM. */
    @Override
    public void onError(Throwable fault) {
        if (closing) {
            LOG.debug("while the data plane closed", fault);
            return;
        }
        count.increment();
        if (isFatal(fault)) {
            fail(fault);
        } else {
            warn(fault);
        }
    }

    private void warn(Throwable fault) {
        long suppressed;
        synchronized (gates) {
            LogGate gate = gates.computeIfAbsent(fault.getClass(), kind -> new LogGate(clock));
            if (!gate.open()) {
                return;
            }
            suppressed = gate.shut();
        }
        LOG.warn(
                "the data plane had a fault and goes on: {}; {} more like this since the last line",
                fault.toString(),
                suppressed,
                fault);
    }

    /** Records that the data plane does not work any more. */
    void fail(Throwable fault) {
        if (fatal.compareAndSet(null, fault)) {
            LOG.error(
                    "the data plane has failed and must be made anew: {}", fault.toString(), fault);
            Thread thread = new Thread(() -> onFault.accept(fault), "akt-data-plane-fault");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** From now on faults are a consequence of closing. */
    void closing() {
        closing = true;
    }

    /** Faults so far, fatal or not. */
    long count() {
        return count.sum();
    }

    /** The fault that ended the data plane, or null. */
    Throwable fatal() {
        return fatal.get();
    }

    private static boolean isFatal(Throwable fault) {
        return fault instanceof Error
                || fault instanceof DriverTimeoutException
                || fault instanceof ConductorServiceTimeoutException
                || fault instanceof ClientTimeoutException
                || fault instanceof AeronException aeron
                        && aeron.category() == AeronException.Category.FATAL;
    }
}
