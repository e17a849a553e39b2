package io.aktnode.it.campaign;

import io.aktnode.it.AktNodeHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What happens to files on a disk, or to the wrong ones by mistake. */
final class Damage {

    private static final Duration DOWNTIME = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Long enough for a process to refuse its settings. */
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private static final int USAGE = 2;

    private Damage() {}

    /** A bit of the newest checkpoint is flipped, then the checkpoint is needed. */
    static Fault checkpoint() {
        return ProcessFaults.of(
                "flipped byte in the newest checkpoint, and kill -9",
                (training, random) -> {
                    Path newest = newest(training);
                    List<Path> files;
                    try (Stream<Path> all = Files.list(newest)) {
                        files = all.sorted().toList();
                    }
                    flip(files.get(random.nextInt(files.size())), random);
                    Member supervisor = training.of("supervisor");
                    int before = supervisor.output().length();
                    supervisor.kill(DOWNTIME);
                    awaitRefusal(supervisor, before, newest.getFileName() + " is damaged");
                });
    }

    private static void awaitRefusal(Member member, int before, String words)
            throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!member.output().substring(before).contains(words)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nobody noticed: no word of \"" + words + "\"");
            }
            Thread.sleep(50);
        }
    }

    private static Path newest(Training training) throws IOException, InterruptedException {
        Path checkpoints = training.out().resolve("checkpoints");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            try (Stream<Path> all = Files.list(checkpoints)) {
                List<Path> complete =
                        all.filter(path -> path.getFileName().toString().matches("step-\\d+"))
                                .sorted(Comparator.reverseOrder())
                                .toList();
                // With one before it to go back to.
                if (complete.size() > 1) {
                    return complete.get(0);
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("there never were two checkpoints in " + checkpoints);
    }

    /**
     * A bit of a process' settings is flipped and the process started again; after it has refused
     * them, or lived with them for a while, the file is mended and the process started once more.
     */
    static Fault settings(String role) {
        return ProcessFaults.of(
                "flipped byte in the settings of the " + role,
                (training, random) -> {
                    Member member = training.of(role);
                    Path file = member.config();
                    Path sound = file.resolveSibling(file.getFileName() + ".sound");
                    Files.copy(file, sound, StandardCopyOption.REPLACE_EXISTING);
                    flip(file, random);
                    int starts = member.starts();
                    member.kill(DOWNTIME);
                    long end = System.nanoTime() + SETTLING.toNanos();
                    while (!member.finished() && System.nanoTime() < end) {
                        Thread.sleep(50);
                    }
                    if (member.finished()
                            && (member.exitCode() != USAGE
                                    || !member.output().contains("akt-node: "))) {
                        throw new IllegalStateException(
                                "settings were refused by exit code " + member.exitCode());
                    }
                    Files.move(sound, file, StandardCopyOption.REPLACE_EXISTING);
                    if (member.starts() == starts) {
                        throw new IllegalStateException("the " + role + " was not started again");
                    }
                    member.again();
                });
    }

    private static void flip(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    /** The teacher's process is started again with other weights; they are mended afterwards. */
    static Fault teacherOfAnotherModel() {
        return ProcessFaults.of(
                "a teacher of another model",
                (training, random) -> {
                    Member member = training.of("teacher");
                    Path other = training.out().resolveSibling("other-teacher.safetensors");
                    writeOther(other);
                    Path file = member.config();
                    String sound = Files.readString(file);
                    Files.writeString(file, sound + "\nakt.teacher.file = \"" + other + "\"\n");
                    boolean refused = member.saysAfterRestart("not taken into the run");
                    Files.writeString(file, sound);
                    member.again();
                    if (!refused) {
                        throw new IllegalStateException("the other teacher was not refused");
                    }
                });
    }

    private static void writeOther(Path file) throws IOException {
        Path embedded =
                AktNodeHome.LAUNCHER.resolveSibling(
                        "ops/src/main/resources/io/aktnode/ops/job/teacher.safetensors");
        Files.copy(embedded, file, StandardCopyOption.REPLACE_EXISTING);
        byte[] bytes = Files.readAllBytes(file);
        // The last weight's lowest mantissa bit: as near to the right one as can be.
        bytes[bytes.length - Float.BYTES] ^= 1;
        Files.write(file, bytes);
    }
}
