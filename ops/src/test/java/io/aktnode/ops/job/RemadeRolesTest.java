package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.kernel.Backend;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.TeacherSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A role that is made anew again and again, as over weeks of faults, leaves nothing behind. */
@EnabledOnOs(OS.LINUX)
class RemadeRolesTest {

    private static final int WARM_UP = 4;
    private static final int TIMES = 16;

    /** Left to Java's collector it is more than 200 MB; its compiler may take some more, too. */
    private static final long ALLOWED_MB = 50;

    /** Below are the Java heap and its classes, wherever pointers are compressed. */
    private static final long NATIVE_FROM = 1L << 36;

    @TempDir private Path directory;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aTeacherMadeAnewLeavesNoNativeMemory() throws IOException {
        try (EngineRoles roles = new EngineRoles(embedded(), spec());
                GeneratorRole generator = roles.generator()) {
            Tensor images = generator.generate(0).images();
            remake(roles, images, WARM_UP);
            long before = residentMb();

            remake(roles, images, TIMES);

            long growth = residentMb() - before;
            assertTrue(growth <= ALLOWED_MB, () -> TIMES + " teachers left " + growth + " MB");
        }
    }

    private static void remake(EngineRoles roles, Tensor images, int times) {
        TeacherRole teacher = roles.teacher();
        for (int i = 0; i < times; i++) {
            teacher.forward(images);
            teacher.close();
            teacher = roles.teacher();
            Backend.reclaim();
            // Native memory is freed by a thread that the collector wakes.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        teacher.close();
    }

    private static Model embedded() {
        Map<String, Settings.Flag> flags =
                Map.of("teacher.file", new Settings.Flag("--teacher", "embedded"));
        Settings settings = Settings.load(Optional.empty(), Optional.empty(), flags);
        return Models.load(TeacherSettings.read(settings.akt()));
    }

    private RunSpec spec() {
        TrainingConfig training =
                TrainingConfig.of(
                        MethodConfig.of(BaseMethod.ADADFQ, true),
                        QuantizationConfig.of(3),
                        Schedule.of(8, 50));
        return new RunSpec(training, 1, 2, directory, false, 10, 2, Optional.empty(), 1);
    }

    /** Resident and of no file, without the Java heap. */
    private static long residentMb() throws IOException {
        long kilobytes = 0;
        boolean counts = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] fields = line.split("\\s+");
                long from = Long.parseUnsignedLong(fields[0].split("-")[0], 16);
                boolean file = fields.length > 5 && !fields[5].startsWith("[");
                counts = !file && Long.compareUnsigned(from, NATIVE_FROM) >= 0;
            } else if (counts && line.startsWith("Rss:")) {
                kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kilobytes / 1024;
    }
}
