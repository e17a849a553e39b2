package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One akt-node, started as a user starts it; its output goes to files in its directory. */
final class AktNodeProcess implements AutoCloseable {

    static final Path HOME = AktNodeHome.HOME;

    /** For processes that live for seconds: compiling for speed would cost more than it gains. */
    static final Map<String, String> SHORT_LIVED =
            Map.of("AKT_NODE_VECTOR", "never", "AKT_NODE_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final long POLL_NS = Duration.ofMillis(50).toNanos();

    private final Process process;
    private final Path out;
    private final Path errors;

    private AktNodeProcess(Process process, Path out, Path errors) {
        this.process = process;
        this.out = out;
        this.errors = errors;
    }

    /** The launcher, in {@code directory}. */
    static AktNodeProcess launch(Path directory, String... arguments) throws IOException {
        return start(directory, Map.of(), AktNodeHome.LAUNCHER.toString(), arguments);
    }

    /** The launcher, for a process whose speed does not matter. */
    static AktNodeProcess launchBriefly(Path directory, String... arguments) throws IOException {
        return start(directory, SHORT_LIVED, AktNodeHome.LAUNCHER.toString(), arguments);
    }

    static AktNodeProcess start(
            Path directory, Map<String, String> environment, String program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        // A build in the background ignores SIGINT, and so would all it starts.
        command.addAll(List.of("env", "--default-signal=INT", program));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(errors.toFile());
        // What is under test was built by this build; it must not build itself again.
        builder.environment().put("AKT_NODE_BUILD", "never");
        builder.environment().put("AKT_NODE_HEAP", "1g");
        builder.environment().putAll(environment);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new AktNodeProcess(process, out, errors);
    }

    /** Waits for the end and its exit code. */
    AktNodeProcess ends(int expected) throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            close();
            fail("akt-node has not ended after " + PATIENCE + ":\n" + everything());
        }
        // The launcher's filter of the error stream may end a moment after the JVM.
        if (expected != 0) {
            await("an error sentence", () -> !read(errors).isEmpty());
        }
        assertEquals(expected, process.exitValue(), this::everything);
        return this;
    }

    /** Waits until something is so, while the process runs. */
    AktNodeProcess await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("no " + what + " after " + PATIENCE + ":\n" + everything());
            }
            LockSupport.parkNanos(POLL_NS);
        }
        return this;
    }

    /** Of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** A signal by name, to this process alone. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    String output() {
        return read(out);
    }

    String errorOutput() {
        return read(errors);
    }

    private String everything() {
        return output() + "\n--- errors\n" + errorOutput();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        // It still writes into directories that are removed next.
        process.onExit().join();
    }
}
