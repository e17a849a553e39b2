package io.aktnode.ops.config;

import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorConfig;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.StudentOptimizerConfig;
import io.aktnode.nn.train.TrainingConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Maps the {@code akt} settings to what determines a run's numbers. */
public final class TrainingSettings {

    private TrainingSettings() {}

    /**
     * @throws SettingsException naming the first setting that is wrong
     */
    public static TrainingConfig read(SettingsReader akt) {
        int batch = akt.integer("batch", 2, 4096);
        return checked(
                () ->
                        new TrainingConfig(
                                method(akt),
                                students(akt).get(0),
                                schedule(akt),
                                new StudentOptimizerConfig(
                                        akt.number("student.learning-rate"),
                                        akt.number("student.momentum"),
                                        akt.number("student.weight-decay")),
                                new GeneratorConfig(
                                        akt.integer("generator.latent"),
                                        akt.number("generator.learning-rate"),
                                        akt.number("generator.beta1"),
                                        akt.number("generator.beta2")),
                                batch,
                                // A shard holds at least one image.
                                Math.min(akt.integer("shards", 1, 4096), batch),
                                akt.wide("seed")));
    }

    /** Bit widths of every student, at least one, no two the same. */
    public static List<QuantizationConfig> students(SettingsReader akt) {
        List<Integer> bits = akt.integers("quantization.students");
        if (bits.isEmpty()) {
            return List.of(quantization(akt));
        }
        if (Set.copyOf(bits).size() < bits.size()) {
            throw new SettingsException(
                    "students=" + bits + " names one width twice; give each once");
        }
        Map<String, Integer> layers = akt.table("quantization.weight-bits-by-layer");
        return bits.stream()
                .map(width -> checked(() -> new QuantizationConfig(width, width, layers)))
                .toList();
    }

    private static MethodConfig method(SettingsReader akt) {
        List<String> known = List.of(BaseMethod.GDFQ.label(), BaseMethod.ADADFQ.label());
        return new MethodConfig(
                BaseMethod.parse(akt.choice("method.base", known)),
                akt.flag("method.akt"),
                akt.number("method.akt-temperature"),
                akt.number("method.akt-weight"));
    }

    private static QuantizationConfig quantization(SettingsReader akt) {
        return new QuantizationConfig(
                bits(akt, "quantization.weight-bits"),
                bits(akt, "quantization.activation-bits"),
                akt.table("quantization.weight-bits-by-layer"));
    }

    private static int bits(SettingsReader akt, String key) {
        return akt.integer(key, QuantizationConfig.LOWEST_BITS, QuantizationConfig.HIGHEST_BITS);
    }

    private static Schedule schedule(SettingsReader akt) {
        int epochs = akt.integer("schedule.epochs", 1, 100_000);
        return new Schedule(
                epochs,
                akt.integer("schedule.steps-per-epoch", 1, 1_000_000),
                // A run shorter than the calibration calibrates all the way. With none at all no
                // activation has a range.
                Math.min(akt.integer("schedule.calibration-epochs", 1, Integer.MAX_VALUE), epochs),
                akt.integers("schedule.decay-epochs"),
                akt.number("schedule.decay-factor"));
    }

    /** The records check the rest; their messages name setting, value and limit. */
    private static <T> T checked(Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage(), e);
        }
    }
}
