package io.aktnode.it.campaign;

import io.aktnode.it.net.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Where a training writes: an ordinary directory, or a small file system that can fill up. */
final class Storage implements AutoCloseable {

    /** Room for the checkpoints that are kept, 15 MB each, and for the next one beside them. */
    private static final String SIZE = "96m";

    private static final int BLOCK_BYTES = 1 << 16;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** In the log, of a checkpoint that could not be saved. */
    private static final String IN_VAIN = " in vain";

    enum Kind {
        PLAIN,
        /** All of it is on a file system of its own. */
        SMALL,
        /** The checkpoints are on a file system of their own. */
        SMALL_CHECKPOINTS
    }

    private final Path out;
    private final Path mounted;
    private final Thread onExit = new Thread(this::unmount, "unmount");

    private Storage(Path out, Path mounted) {
        this.out = out;
        this.mounted = mounted;
    }

    static Storage make(Kind kind, Path directory) throws IOException {
        Path out = Files.createDirectories(directory.resolve("out"));
        if (kind == Kind.PLAIN) {
            return new Storage(out, null);
        }
        Path place = kind == Kind.SMALL ? out : Files.createDirectories(out.resolve("checkpoints"));
        Storage storage = new Storage(out, place);
        Commands.run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "akt-it", place.toString());
        Runtime.getRuntime().addShutdownHook(storage.onExit);
        return storage;
    }

    /** Whether this user may mount file systems. */
    static boolean mountable(Path directory) throws IOException {
        Path probe = Files.createDirectories(directory.resolve("probe"));
        boolean mounted =
                Commands.works("mount", "-t", "tmpfs", "-o", "size=1m", "akt-it", probe.toString());
        if (mounted) {
            Commands.run("umount", probe.toString());
        }
        return mounted;
    }

    /** Removes a directory, if it is there, and all that is in it. */
    static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    Path out() {
        return out;
    }

    /** For so long, and until a checkpoint was to be saved, not a byte more can be written. */
    static Fault full(Duration duration) {
        return ProcessFaults.of(
                "full disk for " + duration.toSeconds() + " s or more",
                (training, random) -> {
                    Path filler = training.out().resolve("filler");
                    try {
                        fill(filler, hasLasted(training, duration));
                    } finally {
                        Files.deleteIfExists(filler);
                    }
                });
    }

    /** Space others free meanwhile is taken, too. */
    private static void fill(Path filler, BooleanSupplier over)
            throws IOException, InterruptedException {
        try (FileChannel file =
                FileChannel.open(filler, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (!over.getAsBoolean()) {
                try {
                    file.write(ByteBuffer.allocate(BLOCK_BYTES));
                } catch (IOException e) {
                    Thread.sleep(1);
                }
            }
        }
    }

    /** For so long, and until one was to be saved, the checkpoints cannot be written to. */
    static Fault readOnly(Duration duration) {
        return ProcessFaults.of(
                "read-only checkpoint directory for " + duration.toSeconds() + " s or more",
                (training, random) -> {
                    String checkpoints = training.out().resolve("checkpoints").toString();
                    BooleanSupplier over = hasLasted(training, duration);
                    remount(checkpoints, "ro");
                    try {
                        while (!over.getAsBoolean()) {
                            Thread.sleep(10);
                        }
                    } finally {
                        remount(checkpoints, "rw");
                    }
                });
    }

    /**
     * Whether a fault has lasted long enough and been felt.
     *
     * @throws IllegalStateException from the supplier, if it never is
     */
    private static BooleanSupplier hasLasted(Training training, Duration duration) {
        Member supervisor = training.of("supervisor");
        int before = supervisor.output().length();
        long began = System.nanoTime();
        return () -> {
            long lastedNs = System.nanoTime() - began;
            if (lastedNs > PATIENCE.toNanos()) {
                throw new IllegalStateException("no checkpoint was to be saved meanwhile");
            }
            return lastedNs > duration.toNanos()
                    && supervisor.output().substring(before).contains(IN_VAIN);
        };
    }

    /** A file open for writing, such as one of a checkpoint, makes it busy for a moment. */
    private static void remount(String place, String how) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            if (Commands.works("mount", "-o", "remount," + how, place)) {
                return;
            }
            Thread.sleep(25);
        }
        Commands.run("mount", "-o", "remount," + how, place);
    }

    private void unmount() {
        if (mounted != null) {
            Commands.works("umount", "-l", mounted.toString());
        }
    }

    @Override
    public void close() {
        unmount();
        if (mounted != null) {
            Runtime.getRuntime().removeShutdownHook(onExit);
        }
    }
}
