package io.aktnode.it.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.it.net.Conditions;
import io.aktnode.it.net.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A training with a fault every minute, for an hour or {@code akt.soak.minutes}: whatever lives
 * through all of it takes no more of its machine at the end than when it was warm.
 */
@Tag("campaign")
class SoakTest {

    private static final long MINUTES = Long.getLong("akt.soak.minutes", 60);

    /** Of the time, in which the JVM compiles and its heap finds its size. */
    private static final double WARM_UP = 0.3;

    private static final Duration BETWEEN = Duration.ofSeconds(60);
    private static final Duration WEATHER = Duration.ofSeconds(5);
    private static final int MANY_EPOCHS = 20_000;

    private static final double RSS_GROWTH = 1.10;

    /** A pool's threads come and go with what there is to do, connections likewise. */
    private static final long SPARE_THREADS = 6;

    private static final long SPARE_FILES = 12;

    /** A process that was killed leaves its own until the next sweeps it, and no more than that. */
    private static final double SHM_GROWTH = 1.34;

    /** Kept: why something ended within an hour is in its log. */
    private final Path directory =
            Path.of(System.getProperty("akt.campaign.directory", "target/campaign"), "soak")
                    .toAbsolutePath();

    private final Map<Long, List<Vitals>> seen = new TreeMap<>();
    private final List<Long> shmKb = new ArrayList<>();

    /** The student dies and comes back; the others must bear it. */
    private static List<Fault> faults() {
        return List.of(
                ProcessFaults.kill("student"),
                RoleHarm.once("NaN in a frame", "teacher", "frame-nan", 0),
                ProcessFaults.network("10 % packet loss", Conditions.losing(0.1), WEATHER),
                RoleHarm.once("NaN in a gradient", "student", "gradient-scale", Double.NaN),
                ProcessFaults.pause("teacher", 5, 5),
                RoleHarm.once("gradient x 1000", "generator", "gradient-scale", 1e3));
    }

    @Test
    void whatLivesThroughAFaultEveryMinuteStaysFlat() throws Exception {
        Storage.remove(directory);
        Files.createDirectories(directory);
        Path shm = Files.createTempDirectory(Path.of("/dev/shm"), "akt-soak");
        Job job =
                Job.of(List.of("supervisor,generator", "teacher", "student"), 1)
                        .withEpochs(MANY_EPOCHS)
                        .withSettings(
                                "transport.directory = \""
                                        + shm
                                        + "\"\nevaluation.every-epochs = 25");
        try (Hosts hosts = Hosts.make(job.layout().size());
                Training training = Training.start(job, hosts, directory, directory)) {
            long start = System.nanoTime();
            long end = start + Duration.ofMinutes(MINUTES).toNanos();
            long warm = start + (long) ((end - start) * WARM_UP);
            soak(training, shm, warm, end);

            assertFalse(training.over(), training::reason);
            assertEquals(List.of(), training.states().broken());
            assertFlat(training);
        } finally {
            Storage.remove(shm);
        }
    }

    private void soak(Training training, Path shm, long warm, long end) throws Exception {
        Random random = new Random(1);
        List<Fault> faults = faults();
        int count = 0;
        training.progress().await(1, Duration.ofMinutes(6), training::over);
        while (System.nanoTime() < end && !training.over()) {
            Fault fault = faults.get(count++ % faults.size());
            boolean possible = fault.possible(training);
            if (possible) {
                fault.inject(training, random);
            }
            Thread.sleep(BETWEEN.toMillis());
            if (System.nanoTime() > warm) {
                look(training, shm);
            }
            System.out.println(
                    count
                            + ": "
                            + fault.name()
                            + (possible ? "" : " cannot be done here")
                            + ", step "
                            + training.progress().highest());
        }
    }

    /** After each fault's minute: everything has had its time to come back. */
    private void look(Training training, Path shm) throws IOException {
        for (Member member : training.members()) {
            Vitals vitals = Vitals.of(member.pid());
            seen.computeIfAbsent(vitals.pid(), pid -> new ArrayList<>()).add(vitals);
            System.out.println(member.role() + " " + vitals);
        }
        shmKb.add(Vitals.sizeKb(shm));
        System.out.println("/dev/shm " + shmKb.get(shmKb.size() - 1) + " KB");
    }

    private void assertFlat(Training training) {
        int looks = shmKb.size();
        assertTrue(looks > 3, () -> "only " + looks + " looks: akt.soak.minutes is too low");
        int survivors = 0;
        for (Member member : training.members()) {
            List<Vitals> life = seen.getOrDefault(member.pid(), List.of());
            if (life.size() == looks) {
                survivors++;
                String who = member.role() + " " + life;
                assertTrue(
                        late(life, Vitals::rssKb) <= RSS_GROWTH * early(life, Vitals::rssKb), who);
                assertTrue(
                        late(life, Vitals::threads) <= SPARE_THREADS + early(life, Vitals::threads),
                        who);
                assertTrue(
                        late(life, Vitals::files) <= SPARE_FILES + early(life, Vitals::files), who);
            }
        }
        assertEquals(2, survivors, "all but the student live through it");
        assertTrue(
                late(shmKb, value -> value) <= SHM_GROWTH * early(shmKb, value -> value),
                () -> "/dev/shm, KB: " + shmKb);
    }

    /** Median of the first half. */
    private static <T> long early(List<T> values, ToLongFunction<T> of) {
        return median(values.subList(0, (values.size() + 1) / 2), of);
    }

    /** Median of the second half. */
    private static <T> long late(List<T> values, ToLongFunction<T> of) {
        return median(values.subList(values.size() / 2, values.size()), of);
    }

    private static <T> long median(List<T> values, ToLongFunction<T> of) {
        long[] sorted = values.stream().mapToLong(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
