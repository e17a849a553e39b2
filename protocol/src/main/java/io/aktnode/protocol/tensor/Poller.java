package io.aktnode.protocol.tensor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/** The node's one receiving thread: asks every endpoint in turn for what has arrived. */
final class Poller implements AutoCloseable {

    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    private final IdleStrategy idle;
    private final Faults faults;
    private final Thread thread = new Thread(this::run, "akt-poll");
    private volatile boolean closed;

    Poller(IdleStrategy idle, Faults faults) {
        this.idle = idle;
        this.faults = faults;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(Endpoint endpoint) {
        endpoints.add(endpoint);
    }

    void remove(Endpoint endpoint) {
        endpoints.remove(endpoint);
    }

    /** Ends the thread's sleep, if it sleeps. */
    void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!closed) {
                int work = 0;
                for (Endpoint endpoint : endpoints) {
                    work += endpoint.poll();
                }
                idle.idle(work);
            }
        } catch (Throwable e) {
            // Without this thread nothing is received any more, whatever it was.
            faults.fail(e);
        }
    }

    /** Ends the thread and waits for its end, unless called by it. */
    @Override
    public void close() {
        closed = true;
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
