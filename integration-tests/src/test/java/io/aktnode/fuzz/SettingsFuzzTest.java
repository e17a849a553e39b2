package io.aktnode.fuzz;

import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.config.TrainingSettings;
import io.aktnode.ops.node.NodeSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Configuration files. */
class SettingsFuzzTest extends Fuzzing {

    private static final Path FILE = Scratch.directory().resolve("job.conf");

    SettingsFuzzTest() {
        super(
                List.of(
                        Settings.load(Optional.empty(), Optional.empty(), Map.of())
                                .print()
                                .getBytes(StandardCharsets.UTF_8),
                        """
                        akt {
                          quantization { bits = 3, weight-bits-by-layer { output = 8 } }
                          supervisor.stall-after = 10m
                          transport.term-length = 1m
                        }
                        """
                                .getBytes(StandardCharsets.UTF_8),
                        """
                        akt.node.seeds = ["10.0.0.5:25520"], akt.batch = ${akt.shards}
                        akt.teacher { mean = [0.5, 0.5, 0.5], std = [0.1, 0.1, 0.1] }
                        """
                                .getBytes(StandardCharsets.UTF_8)),
                words(
                        "{",
                        "}",
                        "[",
                        "]",
                        "[[[[[[[[[[[[[[[[",
                        "a{a{a{a{a{a{a{a{",
                        "=",
                        "+=",
                        ":",
                        ",",
                        "\"",
                        "\"\"\"",
                        "#",
                        "\n",
                        "null",
                        "true",
                        "-1",
                        "0",
                        "NaN",
                        "1e999",
                        "9999999999999999999",
                        "2147483648",
                        "99999999999999d",
                        "-1ns",
                        "9000000000000000000ms",
                        "999999999999Y",
                        "${akt.batch}",
                        "${?akt}",
                        "${akt}",
                        "${",
                        "akt.batch = ",
                        "akt.window = ",
                        "akt.seed = ",
                        "akt.schedule.epochs = ",
                        "akt.supervisor.resend-after = ",
                        "akt.transport.channel = ",
                        "akt.teacher.file = ",
                        "\\u0000",
                        "akka { }"),
                // The defaults, Akka's too, are resolved anew for each file.
                64 << 20,
                1 << 12);
    }

    /** Fewer than of others: each resolves all defaults anew. */
    @Override
    @Property(tries = 2_000, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void survivesThousandsOfInputs(@ForAll("inputs") Input input) {
        super.survivesThousandsOfInputs(input);
    }

    @Override
    byte[] prepare(Input input) {
        write(FILE, input.bytes());
        return input.bytes();
    }

    @Override
    void read(byte[] bytes) {
        try {
            Settings settings = Settings.load(Optional.empty(), Optional.of(FILE), Map.of());
            SettingsReader akt = settings.akt();
            settings.print();
            TrainingSettings.read(akt);
            TrainingSettings.students(akt);
            TeacherSettings.read(akt);
            NodeSettings.read(akt);
            RunSettings.read(akt);
        } catch (SettingsException refused) {
            // As it should be.
        }
    }
}
