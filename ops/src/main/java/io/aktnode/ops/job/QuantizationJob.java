package io.aktnode.ops.job;

import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.actors.run.StudentOutcome;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.config.TrainingSettings;
import io.aktnode.ops.report.ModelBytes;
import io.aktnode.ops.report.Result;
import io.aktnode.ops.report.StudentResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Quantizes one teacher: everything a run needs, read and checked before it starts. */
public final class QuantizationJob {

    static final String CHECKPOINTS = "checkpoints";

    private final Model teacher;
    private final Optional<ImageSet> images;
    private final RunSpec spec;

    private QuantizationJob(Model teacher, Optional<ImageSet> images, RunSpec spec) {
        this.teacher = teacher;
        this.images = images;
        this.spec = spec;
    }

    /**
     * A job on the user's teacher.
     *
     * @throws SettingsException for a setting that is wrong or missing
     */
    public static QuantizationJob ofUser(Settings settings) {
        SettingsReader akt = settings.akt();
        return of(akt, out(akt), akt.flag("resume"));
    }

    /**
     * A job of a node: it goes on with what it finds in its directory, because the process may have
     * been restarted, or another one may have begun the job.
     *
     * @throws SettingsException for a setting that is wrong or missing
     */
    public static QuantizationJob ofNode(Settings settings) {
        SettingsReader akt = settings.akt();
        return of(akt, out(akt), true);
    }

    private static Path out(SettingsReader akt) {
        return akt.path("out")
                .orElseThrow(
                        () ->
                                new SettingsException(
                                        "there is nowhere to write to; give --out DIR"));
    }

    /**
     * The job on the embedded teacher, or on the one the settings name; without {@code out} in a
     * new directory, or to be resumed in that of the last quickstart here.
     *
     * @throws SettingsException for a setting that is wrong or missing
     */
    public static QuantizationJob ofQuickstart(Settings settings) {
        SettingsReader akt = settings.akt();
        boolean resume = akt.flag("resume");
        QuickstartDirectories here = new QuickstartDirectories(Path.of(""));
        return of(
                akt, akt.path("out").orElseGet(() -> resume ? here.newest() : here.free()), resume);
    }

    private static QuantizationJob of(SettingsReader akt, Path out, boolean resume) {
        TrainingConfig training = TrainingSettings.read(akt);
        if (!resume && Files.exists(out.resolve(CHECKPOINTS))) {
            throw new SettingsException(
                    out
                            + " holds an earlier run; give --resume to go on with it, or another"
                            + " --out");
        }
        Model teacher = Models.load(TeacherSettings.read(akt));
        if (teacher.quantization().isPresent()) {
            throw new SettingsException(
                    teacher.name()
                            + " is quantized already; give the float network it was made from");
        }
        LayerWidths.require(training.quantization(), teacher);
        Optional<ImageSet> images = Evaluations.images(akt, teacher.architecture());
        int everySteps = akt.integer("checkpoint.every-steps", 0, Integer.MAX_VALUE);
        RunSpec spec =
                new RunSpec(
                        training,
                        akt.integer("window", 1, 64),
                        Evaluations.cores(akt),
                        prepared(out),
                        resume,
                        everySteps > 0 ? everySteps : training.schedule().stepsPerEpoch(),
                        akt.integer("checkpoint.keep", 1, 1000),
                        images,
                        akt.integer("evaluation.every-epochs", 1, Integer.MAX_VALUE),
                        TrainingSettings.students(akt).stream().skip(1).toList());
        return new QuantizationJob(teacher, images, spec);
    }

    private static Path prepared(Path out) {
        try {
            return Files.createDirectories(out);
        } catch (IOException e) {
            throw new SettingsException(
                    "--out "
                            + out
                            + " cannot be made a directory ("
                            + e
                            + "); give another directory",
                    e);
        }
    }

    public Model teacher() {
        return teacher;
    }

    public RunSpec spec() {
        return spec;
    }

    /** Number of images accuracy is reported on. */
    public int evaluationImages() {
        return images.map(ImageSet::size).orElse(0);
    }

    /**
     * What is known before the first step: the accuracies to compare with.
     *
     * @param naiveTop1 for each student's bits, by id
     */
    public record Baseline(OptionalDouble teacherTop1, List<OptionalDouble> naiveTop1) {}

    /** Measures teacher and naive rounding; absent without evaluation images. */
    public Baseline baseline() {
        if (images.isEmpty()) {
            return new Baseline(
                    OptionalDouble.empty(),
                    Collections.nCopies(spec.students().size(), OptionalDouble.empty()));
        }
        try (ComputePool pool = new ComputePool(spec.cores())) {
            Measure measure = new Measure(pool, images.get());
            return new Baseline(
                    OptionalDouble.of(measure.top1(teacher)),
                    spec.students().stream()
                            .map(bits -> OptionalDouble.of(measure.naiveTop1(teacher, bits)))
                            .toList());
        }
    }

    /** Starts the run. The caller closes what {@code roles} holds afterwards. */
    public Runs.Handle start(Runs runs, EngineRoles roles, RunListener listener) {
        return runs.start(spec, roles, listener);
    }

    /**
     * Writes each student's file and gathers the figures.
     *
     * @param wallSeconds of the whole command
     */
    public Result finish(Baseline baseline, RunOutcome outcome, double wallSeconds) {
        List<StudentResult> students = new ArrayList<>();
        for (StudentOutcome student : outcome.students()) {
            boolean guest = student.student() >= spec.students().size();
            String file = fileOf(student.quantization(), guest);
            Models.write(
                    new Model(
                            "student",
                            student.state(),
                            teacher.architecture(),
                            teacher.normalization(),
                            Optional.of(student.quantization())),
                    spec.directory().resolve(file));
            students.add(
                    new StudentResult(
                            student.quantization(),
                            file,
                            guest
                                    ? OptionalDouble.empty()
                                    : baseline.naiveTop1().get(student.student()),
                            student.lastTop1(),
                            student.bestTop1(),
                            student.quarantined(),
                            ModelBytes.ofQuantized(
                                    teacher.weights(),
                                    student.quantization(),
                                    ActivationRanges.count(student.state()))));
        }
        return new Result(
                baseline.teacherTop1(),
                ModelBytes.ofFloat(teacher.weights()),
                students,
                spec.training(),
                outcome.steps(),
                outcome.completed(),
                wallSeconds,
                outcome.interventions());
    }

    /** A guest's name says its width even beside a single student of the run's own. */
    private String fileOf(QuantizationConfig bits, boolean guest) {
        return spec.furtherStudents().isEmpty() && !guest
                ? "student.safetensors"
                : "student-" + bits.weightBits() + "bit.safetensors";
    }
}
