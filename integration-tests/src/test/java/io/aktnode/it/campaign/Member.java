package io.aktnode.it.campaign;

import io.aktnode.it.AktNodeHome;
import io.aktnode.it.net.Hosts.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A node that is kept running as systemd would with {@code Restart=on-failure} and a start limit:
 * begun anew when it dies, but not when it ended well or refused its settings. One thread looks
 * after it; any may send signals.
 */
final class Member implements AutoCloseable {

    /** As systemd's {@code StartLimitBurst}: failures with a sentence of their own, in one run. */
    private static final int FAILURES = 3;

    private static final int USAGE = 2;

    /** Of a training that nothing cured. */
    static final int NOT_CURED = 5;

    private static final int SIGNALLED = 128;
    private static final long POLL_NS = Duration.ofMillis(50).toNanos();
    private static final Duration LEAVING = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * What is started.
     *
     * @param role as {@code --role} takes it
     * @param name of its files
     * @param boards directory from which its agent takes orders
     * @param agent file and argument, as {@code -javaagent} takes them
     */
    record Command(
            String role,
            String name,
            Host host,
            Path directory,
            Path config,
            Path boards,
            String agent) {}

    private final Command command;
    private final Path output;
    private volatile Thread keeper;
    private volatile NodeProcess process;
    private volatile Duration restartAfter = Duration.ofSeconds(1);
    private volatile boolean closing;
    private volatile int starts;
    private volatile boolean finished;
    private int failures;

    private Member(Command command) {
        this.command = command;
        this.output = command.directory().resolve(command.name() + ".log");
        this.keeper = keeperOf(command.name());
    }

    private Thread keeperOf(String name) {
        Thread thread = new Thread(this::keep, "keeper-" + name);
        thread.setDaemon(true);
        return thread;
    }

    static Member start(Command command) throws IOException, InterruptedException {
        Member member = new Member(command);
        member.begin();
        member.keeper.start();
        return member;
    }

    private void begin() throws IOException, InterruptedException {
        starts++;
        process =
                NodeProcess.start(
                        command.host(),
                        command.directory(),
                        output,
                        Map.of(
                                "AKT_NODE_BUILD", "never",
                                "AKT_NODE_HEAP", "512m",
                                "AKT_NODE_JAVA_OPTS", "-javaagent:" + command.agent()),
                        List.of(
                                AktNodeHome.LAUNCHER.toString(),
                                "--role=" + command.role(),
                                "--config",
                                command.config().toString()));
    }

    private void keep() {
        try {
            while (!closing && !finished) {
                if (process.alive()) {
                    LockSupport.parkNanos(POLL_NS);
                } else if (process.exitCode() == 0
                        || process.exitCode() == USAGE
                        || process.exitCode() == NOT_CURED
                        || process.exitCode() < SIGNALLED && ++failures > FAILURES) {
                    finished = true;
                } else {
                    Thread.sleep(restartAfter.toMillis());
                    synchronized (this) {
                        if (!closing) {
                            begin();
                        }
                    }
                }
            }
        } catch (IOException | InterruptedException e) {
            finished = true;
        }
    }

    String role() {
        return command.role();
    }

    Host host() {
        return command.host();
    }

    Path boards() {
        return command.boards();
    }

    long pid() {
        return process.pid();
    }

    /** How often it was started so far. */
    int starts() {
        return starts;
    }

    /** Whether it has ended and will not be started again. */
    boolean finished() {
        return finished;
    }

    /** Of one that has finished. */
    int exitCode() {
        return process.exitCode();
    }

    /** Everything it printed, in all its lives. */
    String output() {
        return NodeProcess.read(output);
    }

    /**
     * kill -9.
     *
     * @param downtime until it is started again
     */
    void kill(Duration downtime) {
        restartAfter = downtime;
        process.kill();
    }

    /** The settings it is started with. */
    Path config() {
        return command.config();
    }

    /** Ends it if it is alive, and starts it anew, be it that it had refused to. */
    void again() throws IOException, InterruptedException {
        if (!finished) {
            kill(Duration.ofSeconds(1));
            return;
        }
        keeper.join();
        synchronized (this) {
            finished = false;
            begin();
            keeper = keeperOf(command.name());
            keeper.start();
        }
    }

    void signal(String name) {
        process.signal(name);
    }

    /**
     * Ends it by a signal, for good.
     *
     * @throws IllegalStateException if it does not heed it
     */
    void leave(String signal) throws InterruptedException {
        synchronized (this) {
            closing = true;
        }
        process.signal(signal);
        if (!process.awaitEnd(LEAVING)) {
            throw new IllegalStateException(command.name() + " is still there after SIG" + signal);
        }
        keeper.join();
    }

    /**
     * Starts it anew and waits for a sentence of this life.
     *
     * @return whether it came before the process gave up, or three minutes were over
     */
    boolean saysAfterRestart(String sentence) throws InterruptedException {
        int before = output().length();
        kill(Duration.ofSeconds(1));
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean said;
        do {
            Thread.sleep(50);
            said = output().substring(before).contains(sentence);
        } while (!said && !finished && System.nanoTime() < end);
        return said;
    }

    /** Ends it at once. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
        }
        process.signal("CONT");
        process.kill();
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
