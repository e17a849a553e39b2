package io.aktnode.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.FaultInjector;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.train.UpdateGate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dry run tells what would be done, and the numbers are those of a run without a supervisor. */
@Timeout(60)
class DryRunTest {

    private static final TrainingConfig CONFIG = FakeRoles.config(BaseMethod.ADADFQ, true);

    @TempDir Path directory;
    private final Recorder recorder = new Recorder();

    private RunOutcome run(RoleFactory roles) {
        RunSpec spec = new RunSpec(CONFIG, 1, 1, directory, false, 10, 3, Optional.empty(), 2);
        RunPolicy policy = RunPolicy.defaults().withDryRun(true);
        return LocalRun.start(spec, roles, recorder, RunEnvironment.defaults().withPolicy(policy))
                .await();
    }

    /** Reports gradients as larger than they are, or as not finite, at some calls. */
    private static FaultInjector<StudentRole> gradients(double factor, Set<Integer> at) {
        return new FaultInjector<>(
                StudentRole.class,
                "gradients",
                (student, call, proceed) -> {
                    GradientReport report = (GradientReport) proceed.proceed();
                    return at.contains(call)
                            ? new GradientReport(
                                    report.losses(), factor * report.norm(), report.largest(), 0)
                            : report;
                });
    }

    private static StateDict unsupervised(RoleFactory roles) {
        return ReferenceLoop.run(roles, CONFIG, UpdateGate.finiteOnly(), UpdateGate.finiteOnly())
                .student();
    }

    @Test
    void appliesASpikeAsItIsAndSaysSo() throws Exception {
        RunOutcome outcome = run(FakeRoles.of(CONFIG).students(gradients(1000, Set.of(25))::wrap));

        assertEquals(List.of("would rescale"), recorder.actions());
        assertEquals("student", outcome.interventions().get(0).role());
        States.assertSame(unsupervised(FakeRoles.of(CONFIG)), outcome.student());
        assertTrue(
                Files.readString(directory.resolve("journal.jsonl"))
                        .contains("\"action\":\"would rescale\""));
        assertTrue(
                outcome.interventions().get(0).limits().get("student gradient norm") > 0,
                outcome.interventions().toString());
    }

    @Test
    void neverAppliesWhatIsNotFiniteAndGoesOnWhereItWouldHaveGoneBack() {
        Set<Integer> at = Set.of(20, 21, 22);
        RunOutcome outcome = run(FakeRoles.of(CONFIG).students(gradients(Double.NaN, at)::wrap));

        assertEquals(List.of("skip", "skip", "skip", "would rollback"), recorder.actions());
        assertTrue(outcome.completed());
        assertEquals(CONFIG.schedule().totalSteps(), recorder.steps.size());
        States.assertSame(
                unsupervised(FakeRoles.of(CONFIG).students(gradients(Double.NaN, at)::wrap)),
                outcome.student());
    }

    /** The default budgets of an hour are six rollbacks and six restarts. */
    @Test
    void whatWasOnlyReportedIsNotMissingInTheBudgetOfARealCure() {
        FaultInjector<StudentRole> notFinite =
                gradients(
                        Double.NaN,
                        IntStream.range(3, 39).boxed().collect(Collectors.toUnmodifiableSet()));
        FaultInjector<StudentRole> throwing = FaultInjector.throwing(StudentRole.class, "apply", 3);

        RunOutcome outcome =
                run(
                        FakeRoles.of(CONFIG)
                                .students(student -> throwing.wrap(notFinite.wrap(student))));

        assertTrue(outcome.completed());
        List<String> cures =
                recorder.actions().stream().filter(each -> !each.equals("skip")).toList();
        assertEquals(6, Collections.frequency(cures, "would rollback"), cures.toString());
        assertEquals(6, Collections.frequency(cures, "would restart"), cures.toString());
        assertEquals("restart", cures.get(12));
    }

    @Test
    void stillRestartsARoleThatThrew() {
        RunOutcome outcome =
                run(
                        FakeRoles.of(CONFIG)
                                .students(
                                        FaultInjector.throwing(StudentRole.class, "apply", 20)
                                                ::wrap));

        assertEquals(List.of("restart"), recorder.actions());
        assertTrue(outcome.completed());
        assertFalse(recorder.interventions.get(0).reason().isEmpty());
    }
}
