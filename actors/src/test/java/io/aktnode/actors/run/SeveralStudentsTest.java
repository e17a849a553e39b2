package io.aktnode.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.FakeStudent;
import io.aktnode.actors.fake.FaultInjector;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three students on the same batches, of which one falls ill: what that means for the others. */
@Timeout(60)
class SeveralStudentsTest {

    private static final TrainingConfig CONFIG = FakeRoles.config(BaseMethod.ADADFQ, true);
    private static final int STEPS = 60;

    @TempDir Path directory;
    private final Recorder recorder = new Recorder();

    private static RoleFactory sick(int sickId, UnaryOperator<StudentRole> harm) {
        FakeRoles healthy = FakeRoles.of(CONFIG);
        return new RoleFactory() {
            @Override
            public GeneratorRole generator() {
                return healthy.generator();
            }

            @Override
            public TeacherRole teacher() {
                return healthy.teacher();
            }

            @Override
            public StudentRole student(int id, QuantizationConfig bits) {
                StudentRole student = healthy.student(id, bits);
                return id == sickId ? harm.apply(student) : student;
            }
        };
    }

    private LocalRun start(RoleFactory roles, boolean resume, RunListener listener) {
        RunSpec spec =
                new RunSpec(CONFIG, 1, 1, directory, resume, 10, 3, Optional.empty(), 2)
                        .withFurtherStudents(
                                List.of(QuantizationConfig.of(4), QuantizationConfig.of(5)));
        RunPolicy policy =
                RunPolicy.defaults().withCures(new CurePolicy(3, 50, 8, 600, 60, 1, 1, 5, false));
        return LocalRun.start(spec, roles, listener, RunEnvironment.defaults().withPolicy(policy));
    }

    private RunOutcome run(RoleFactory roles) {
        return start(roles, false, recorder).await();
    }

    private static FaultInjector<StudentRole> weightsBecomeNaN(int from, int to) {
        return new FaultInjector<>(
                StudentRole.class,
                "forward",
                (student, call, proceed) -> {
                    if (call >= from && call < to) {
                        Arrays.fill(((FakeStudent) student).weights(), Float.NaN);
                    }
                    return proceed.proceed();
                });
    }

    private static FaultInjector<StudentRole> throwsFrom(int call) {
        return new FaultInjector<>(
                StudentRole.class,
                "forward",
                (student, at, proceed) -> {
                    if (at >= call) {
                        throw new IllegalStateException("out of memory");
                    }
                    return proceed.proceed();
                });
    }

    private List<String> curesOf(String role) {
        return recorder.interventions.stream()
                .filter(each -> each.role().equals(role))
                .map(Intervention::action)
                .filter(action -> !action.equals("skip"))
                .toList();
    }

    private static void assertFinite(StateDict state) {
        for (float weight : state.get("weights").values()) {
            assertTrue(Float.isFinite(weight), "weight " + weight);
        }
    }

    @Test
    void rollsBackTheSickOneAloneAndTheOthersLoseNothing() {
        RunOutcome outcome = run(sick(1, weightsBecomeNaN(33, 34)::wrap));

        assertTrue(outcome.completed());
        assertEquals(List.of("rollback"), curesOf("student-1"));
        assertEquals(List.of(), curesOf("student"));
        assertEquals(List.of(), curesOf("generator"));
        // Every step is there once: nobody went back.
        assertEquals(
                LongStream.range(0, STEPS).boxed().toList(),
                recorder.steps.stream().map(StepMetrics::step).toList());
        outcome.students().forEach(student -> assertFinite(student.state()));
        outcome.students().forEach(student -> assertTrue(student.quarantined().isEmpty()));
    }

    @Test
    void curesAloneAStudentThatCannotBeSaved() {
        FaultInjector<StudentRole> atSave =
                new FaultInjector<>(
                        StudentRole.class,
                        "save",
                        (student, call, proceed) -> {
                            if (call == 4) {
                                Arrays.fill(((FakeStudent) student).weights(), Float.NaN);
                            }
                            return proceed.proceed();
                        });

        RunOutcome outcome = run(sick(2, atSave::wrap));

        assertEquals(List.of("rollback"), recorder.actions());
        assertEquals("student-2", recorder.interventions.get(0).role());
        assertEquals(STEPS, recorder.steps.size());
        assertTrue(recorder.checkpoints.contains(40L), recorder.checkpoints.toString());
        outcome.students().forEach(student -> assertFinite(student.state()));
    }

    @Test
    void putsAsideTheOneThatNothingHelpsAndFinishesWithTheOthers() throws Exception {
        RunOutcome outcome = run(sick(1, weightsBecomeNaN(33, Integer.MAX_VALUE)::wrap));

        assertTrue(outcome.completed());
        assertEquals(List.of("rollback", "restart", "quarantine"), curesOf("student-1"));
        assertEquals(List.of(), curesOf("student"));
        StudentOutcome out = outcome.students().get(1);
        Quarantined why = out.quarantined().orElseThrow();
        // The generator goes on while the supervisor has it pause, so that after each cure the
        // student may come to the barrier of a checkpoint before its third skip, or not.
        assertTrue(
                why.reason().contains("3 updates skipped in a row")
                        || why.reason().contains("its state is not finite at a checkpoint"),
                why.reason());
        assertTrue(why.step() > 33 && why.step() < STEPS, why.toString());
        assertTrue(outcome.students().get(0).quarantined().isEmpty());
        outcome.students().forEach(student -> assertFinite(student.state()));
        assertEquals(STEPS, recorder.steps.size());
        assertTrue(Double.isNaN(recorder.steps.get(STEPS - 1).students().get(1).gradientNorm()));
        assertFalse(Double.isNaN(recorder.steps.get(STEPS - 1).students().get(2).gradientNorm()));
        assertTrue(
                Files.readString(directory.resolve("journal.jsonl"))
                        .contains("\"role\":\"student-1\",\"action\":\"quarantine\""));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 33})
    void putsAsideTheOneThatThrowsWheneverItIsMade(int step) {
        RunOutcome outcome = run(sick(2, throwsFrom(step)::wrap));

        assertTrue(outcome.completed());
        assertEquals(List.of("restart", "quarantine"), curesOf("student-2"));
        assertTrue(outcome.students().get(2).quarantined().isPresent());
        assertFinite(outcome.students().get(0).state());
        assertFinite(outcome.students().get(1).state());
    }

    @Test
    void aResumedRunKeepsTheStudentAside() {
        FaultInjector<StudentRole> broken = throwsFrom(33);
        LocalRun[] run = new LocalRun[1];
        RunListener stopsSoonAfter =
                new RunListener() {
                    private boolean aside;

                    @Override
                    public void onIntervention(Intervention intervention) {
                        aside |= intervention.action().equals("quarantine");
                    }

                    @Override
                    public void onStep(StepMetrics metrics) {
                        if (aside && metrics.step() == 45) {
                            run[0].cancel("far enough");
                        }
                    }
                };
        run[0] = start(sick(1, broken::wrap), false, stopsSoonAfter);
        RunOutcome first = run[0].await();
        assertFalse(first.completed());

        RunOutcome second = start(FakeRoles.of(CONFIG), true, recorder).await();

        assertTrue(second.completed());
        assertEquals(first.students().get(1).quarantined(), second.students().get(1).quarantined());
        assertEquals(
                first.students().get(1).state().get("weights").values()[0],
                second.students().get(1).state().get("weights").values()[0]);
        assertEquals(List.of(), recorder.actions());
    }

    /** They are found sick between the same two barriers. */
    @Test
    void stopsWhenAllStudentsAreBeyondCureAtOnce() {
        FakeRoles sick =
                FakeRoles.of(CONFIG).students(weightsBecomeNaN(99, Integer.MAX_VALUE)::wrap);

        RunFailedException failed = assertThrows(RunFailedException.class, () -> run(sick));

        assertTrue(failed.getMessage().startsWith("stopped at step "), failed.getMessage());
        assertEquals("stop", recorder.actions().get(recorder.actions().size() - 1));
    }

    /** The newest checkpoint there is then is one from before it was put aside. */
    @Test
    void aRunThatLosesItsLastCheckpointsKeepsTheStudentAside() throws IOException {
        LocalRun[] run = new LocalRun[1];
        RunListener stopsAt45 =
                new RunListener() {
                    @Override
                    public void onStep(StepMetrics metrics) {
                        if (metrics.step() == 45) {
                            run[0].cancel("far enough");
                        }
                    }
                };
        run[0] = start(sick(1, throwsFrom(33)::wrap), false, stopsAt45);
        RunOutcome first = run[0].await();
        Path checkpoints = directory.resolve("checkpoints");
        try (Stream<Path> all = Files.list(checkpoints)) {
            for (Path checkpoint : all.toList()) {
                if (checkpoint.getFileName().toString().compareTo("step-00000030") > 0) {
                    Files.delete(checkpoint.resolve("manifest.json"));
                }
            }
        }

        RunOutcome second = start(FakeRoles.of(CONFIG), true, recorder).await();

        assertTrue(second.completed());
        assertTrue(first.students().get(1).quarantined().isPresent());
        assertEquals(first.students().get(1).quarantined(), second.students().get(1).quarantined());
    }

    @Test
    void stopsWhenNoStudentIsLeft() {
        FakeRoles broken = FakeRoles.of(CONFIG).students(throwsFrom(33)::wrap);

        RunFailedException failed = assertThrows(RunFailedException.class, () -> run(broken));

        assertTrue(
                failed.getMessage().contains("IllegalStateException: out of memory"),
                failed.getMessage());
        assertEquals(
                2,
                recorder.actions().stream().filter("quarantine"::equals).count(),
                recorder.actions().toString());
        assertEquals("stop", recorder.actions().get(recorder.actions().size() - 1));
    }
}
