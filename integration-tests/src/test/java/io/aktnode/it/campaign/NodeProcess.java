package io.aktnode.it.campaign;

import io.aktnode.it.net.Commands;
import io.aktnode.it.net.Hosts.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One process on one host; it does not outlive this one, however this one ends. */
final class NodeProcess {

    /**
     * The kernel ends a child with the thread that started it, so that thread lives as long as the
     * JVM.
     */
    private static final ExecutorService STARTER =
            Executors.newSingleThreadExecutor(
                    work -> {
                        Thread thread = new Thread(work, "process-starter");
                        thread.setDaemon(true);
                        return thread;
                    });

    private static final boolean DIES_WITH_US = Commands.works("setpriv", "--version");

    private final Process process;

    private NodeProcess(Process process) {
        this.process = process;
    }

    /**
     * @param output both streams are appended to it
     */
    static NodeProcess start(
            Host host,
            Path directory,
            Path output,
            Map<String, String> environment,
            List<String> command)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>();
        if (DIES_WITH_US) {
            whole.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
        }
        whole.addAll(host.prefix());
        whole.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(whole)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            NodeProcess started = new NodeProcess(STARTER.submit(builder::start).get());
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(started.process::destroyForcibly, "kill-node"));
            return started;
        } catch (ExecutionException e) {
            throw new IOException("cannot start " + String.join(" ", whole), e.getCause());
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Of one that has ended; 128 and the number for a signal. */
    int exitCode() {
        return process.exitValue();
    }

    /** A signal by name, to this process alone; one that has ended hears nothing. */
    void signal(String name) {
        if (process.isAlive()) {
            Commands.works("kill", "-" + name, Long.toString(process.pid()));
        }
    }

    /** Whether it has ended before so much time is over. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends it now and waits until it has. */
    void kill() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static String read(Path output) {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
