package io.aktnode.it.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What harm is to be done next: a file {@code ROLE.HARM} in a directory, holding {@code VALUE
 * TIMES}. When it has been done that often the file is renamed to {@code ROLE.HARM.done}. One
 * thread looks for files; any may take orders.
 */
public final class Orders {

    private static final String DONE = ".done";
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path directory;

    /** Until it has been looked there may be. */
    private volatile boolean any = true;

    /**
     * @param directory must exist
     */
    Orders(Path directory) {
        this.directory = directory;
        Thread watcher = new Thread(this::watch, "fault-orders");
        watcher.setDaemon(true);
        watcher.start();
    }

    private void watch() {
        while (true) {
            try (Stream<Path> files = Files.list(directory)) {
                any = files.anyMatch(file -> !file.toString().endsWith(DONE));
            } catch (IOException e) {
                any = false;
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** Takes one harm's value if it is ordered now. */
    synchronized Optional<Double> take(String role, String harm) {
        Path file = directory.resolve(role + "." + harm);
        if (!any || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            String[] parts = Files.readString(file).strip().split(" ");
            int times = Integer.parseInt(parts[1]) - 1;
            if (times > 0) {
                Files.writeString(file, parts[0] + " " + times);
            } else {
                cancel(role, harm);
            }
            return Optional.of(Double.valueOf(parts[0]));
        } catch (IOException e) {
            throw new IllegalStateException("cannot take the order " + file, e);
        }
    }

    /** Marks an order as done, however much of it is left. */
    synchronized void cancel(String role, String harm) {
        Path file = directory.resolve(role + "." + harm);
        try {
            if (Files.exists(file)) {
                Files.move(
                        file,
                        directory.resolve(role + "." + harm + DONE),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot end the order " + file, e);
        }
    }

    /** For the test: orders harm in the process that was started with this directory. */
    public static void give(Path directory, String role, String harm, double value, int times)
            throws IOException {
        Files.deleteIfExists(directory.resolve(role + "." + harm + DONE));
        Path draft = Files.createTempFile(directory.toAbsolutePath().getParent(), "order", "");
        Files.write(draft, (value + " " + times).getBytes(StandardCharsets.UTF_8));
        Files.move(draft, directory.resolve(role + "." + harm), StandardCopyOption.ATOMIC_MOVE);
    }

    /** For the test: whether the harm has been done as often as ordered. */
    public static boolean done(Path directory, String role, String harm) {
        return Files.exists(directory.resolve(role + "." + harm + DONE));
    }
}
