package io.aktnode.ops.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.aktnode.ops.config.Settings;
import java.util.List;

/** What one process tells the others of a job: the settings that must be the same for all. */
final class JobText {

    private static final List<String> SHARED =
            List.of(
                    "batch",
                    "shards",
                    "window",
                    "seed",
                    "method",
                    "quantization",
                    "schedule",
                    "student",
                    "generator",
                    "supervisor",
                    "evaluation.path",
                    "train-teacher.drawn-test-images");

    /** Its entries are the user's: laid over each other two such tables would become a third. */
    private static final String TABLE = "quantization.weight-bits-by-layer";

    private JobText() {}

    /**
     * A process's own settings with those of the job over them.
     *
     * @throws com.typesafe.config.ConfigException if the text is not HOCON
     */
    static Settings over(Settings own, String text) {
        return own.without(TABLE).with(text);
    }

    /**
     * Settings as HOCON that beat a process's own.
     *
     * @param teacher what its file and the settings say of it, so that a generator needs no file
     */
    static String of(Settings settings, Model teacher) {
        Config own = settings.everything();
        Config shared = ConfigFactory.empty();
        for (String name : SHARED) {
            String path = "akt." + name;
            shared = shared.withValue(path, own.getValue(path));
        }
        return shared.withValue("akt.teacher.arch", value(teacher.architecture().name()))
                .withValue("akt.teacher.classes", value(teacher.architecture().classes()))
                .withValue("akt.teacher.image-size", value(teacher.architecture().size()))
                .withValue("akt.teacher.mean", value(teacher.normalization().mean()))
                .withValue("akt.teacher.std", value(teacher.normalization().std()))
                .root()
                .render(ConfigRenderOptions.concise());
    }

    private static ConfigValue value(Object value) {
        return ConfigValueFactory.fromAnyRef(value);
    }
}
