package io.aktnode.ops.job;

import com.typesafe.config.ConfigException;
import io.aktnode.actors.cluster.Workshop;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.config.TrainingSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bears roles of jobs that another process leads: the job's settings come from there, the teacher's
 * file, the images to evaluate on and the compute threads are this process's own. The roles of one
 * job share its compute threads.
 */
public final class HostedJobs implements Workshop {

    private static final Logger LOG = LoggerFactory.getLogger(HostedJobs.class);

    private final Settings settings;
    private final Optional<Model> teacher;
    private final boolean evaluates;
    private final Map<String, String> identity;
    private Job current;

    /**
     * @param teacher the float network; a process that bears only generators needs none
     * @param evaluates whether this process may have to measure accuracies
     */
    public HostedJobs(Settings settings, Optional<Model> teacher, boolean evaluates) {
        this.settings = settings;
        this.teacher = teacher;
        this.evaluates = evaluates;
        this.identity = teacher.map(EngineRoles::identity).orElse(Map.of());
    }

    @Override
    public Map<String, String> identity(String kind) {
        return identity;
    }

    @Override
    public synchronized Tools open(String text) {
        if (current == null || current.users == 0 || !current.text.equals(text)) {
            current = prepare(text);
        }
        current.users++;
        return new Share(current);
    }

    private Job prepare(String text) {
        SettingsReader akt = merged(text);
        Model model = model(akt);
        TrainingConfig training = TrainingSettings.read(akt);
        RunSpec spec =
                new RunSpec(
                        training,
                        akt.integer("window", 1, 64),
                        Evaluations.cores(akt),
                        // Whoever leads keeps the run's files.
                        Path.of(""),
                        false,
                        training.schedule().stepsPerEpoch(),
                        1,
                        evaluates ? images(akt, model.architecture()) : Optional.empty(),
                        1,
                        TrainingSettings.students(akt).stream().skip(1).toList());
        return new Job(text, spec, RunSettings.read(akt).policy(), new EngineRoles(model, spec));
    }

    private SettingsReader merged(String text) {
        try {
            return JobText.over(settings, text).akt();
        } catch (ConfigException e) {
            throw new SettingsException("the job's settings are not HOCON: " + e.getMessage(), e);
        }
    }

    private Model model(SettingsReader akt) {
        TeacherSettings told = TeacherSettings.read(akt);
        if (teacher.isPresent()) {
            Model own = teacher.get();
            return new Model(
                    own.name(),
                    own.weights(),
                    own.architecture(),
                    told.normalization().orElse(own.normalization()),
                    own.quantization());
        }
        return new Model(
                "a teacher elsewhere",
                new StateDict(),
                new Architecture(
                        told.architecture().orElseThrow(() -> untold("architecture")),
                        told.classes().orElseThrow(() -> untold("number of classes")),
                        told.imageSize().orElseThrow(() -> untold("image size"))),
                told.normalization().orElseThrow(() -> untold("normalization")),
                Optional.empty());
    }

    private static SettingsException untold(String what) {
        return new SettingsException("the job's settings do not say the teacher's " + what);
    }

    /** This process's own images, else those the lead has, if they are here as well. */
    private Optional<ImageSet> images(SettingsReader akt, Architecture architecture) {
        if (settings.akt().given("evaluation.path").isPresent()) {
            return Evaluations.images(settings.akt(), architecture);
        }
        if (Evaluations.areHere(akt)) {
            return Evaluations.images(akt, architecture);
        }
        LOG.warn(
                "{} is not here: accuracies are not measured; give this process akt.evaluation.path",
                akt.text("evaluation.path"));
        return Optional.empty();
    }

    private synchronized void leave(Job job) {
        job.users--;
        if (job.users == 0) {
            job.roles.close();
        }
    }

    /** One job and how many roles here work for it. */
    private static final class Job {
        private final String text;
        private final RunSpec spec;
        private final RunPolicy policy;
        private final EngineRoles roles;
        private int users;

        private Job(String text, RunSpec spec, RunPolicy policy, EngineRoles roles) {
            this.text = text;
            this.spec = spec;
            this.policy = policy;
            this.roles = roles;
        }
    }

    private final class Share implements Tools {
        private final Job job;
        private boolean closed;

        private Share(Job job) {
            this.job = job;
        }

        @Override
        public RunSpec spec() {
            return job.spec;
        }

        @Override
        public RunPolicy policy() {
            return job.policy;
        }

        @Override
        public RoleFactory roles() {
            return job.roles;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                leave(job);
            }
        }
    }
}
