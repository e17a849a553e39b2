package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.fake.Bench;
import io.aktnode.actors.fake.MemoryPorts;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.actors.policy.DetectorPolicy;
import io.aktnode.actors.run.RunLostException;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunUnhealthyException;
import io.aktnode.actors.transfer.FileSources;
import io.aktnode.actors.transfer.HeldFile;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.RoleId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor alone; the test plays the roles, the clock and the time. */
@Timeout(60)
class SupervisorActorTest {

    private static final Schedule SCHEDULE = new Schedule(4, 10, 1, List.of(), 0.1);
    private static final Duration STALL = Duration.ofMinutes(10);

    @TempDir Path directory;
    private final Bench bench = new Bench();
    private final Recorder recorder = new Recorder();
    private final AtomicLong nowNs = new AtomicLong();
    private final CompletableFuture<RunOutcome> end = new CompletableFuture<>();
    private final TestProbe<GeneratorProtocol.Request> generator = bench.kit.createTestProbe();
    private final TestProbe<TeacherProtocol.Request> teacher = bench.kit.createTestProbe();
    private final TestProbe<StudentProtocol.Request> student = bench.kit.createTestProbe();
    private ActorRef<SupervisorProtocol.Command> supervisor;

    @BeforeEach
    void start() {
        start(Optional.empty(), List.of());
    }

    private CheckpointStore store() {
        return new CheckpointStore(directory.resolve("checkpoints"), 3, Duration.ofMinutes(30));
    }

    private void start(Optional<Checkpoint> from, List<PastCure> past) {
        start(from, past, false);
    }

    private void start(Optional<Checkpoint> from, List<PastCure> past, boolean patient) {
        supervisor =
                bench.kit.spawn(
                        SupervisorActor.create(
                                new SupervisorConfig(
                                        Bench.RUN,
                                        new RunPlan(SCHEDULE, 15, true, 2),
                                        1,
                                        List.of(QuantizationConfig.of(3)),
                                        Map.of("training.seed", "1"),
                                        from,
                                        past,
                                        from.map(
                                                        checkpoint ->
                                                                PastDecisions.since(
                                                                        checkpoint, directory))
                                                .orElse(PastDecisions.NONE),
                                        store(),
                                        new Journal(directory, () -> Instant.EPOCH),
                                        recorder,
                                        new CurePolicy(3, 50, 8, 60, 60, 2, 1, 5, false),
                                        DetectorPolicy.defaults(),
                                        STALL,
                                        patient,
                                        nowNs::get),
                                end));
    }

    @AfterEach
    void shutDown() {
        bench.close();
    }

    private void comeUp() {
        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));
        supervisor.tell(new SupervisorProtocol.StudentUp(0, 0, student.ref(), MemoryPorts.ADDRESS));
        supervisor.tell(new SupervisorProtocol.GeneratorUp(generator.ref(), MemoryPorts.ADDRESS));
    }

    /** Answers a restoration as all roles would; gives back what the generator was told. */
    private GeneratorProtocol.Restore restored() {
        teacher.expectMessageClass(TeacherProtocol.Restore.class);
        student.expectMessageClass(StudentProtocol.Restore.class);
        GeneratorProtocol.Restore restore =
                generator.expectMessageClass(GeneratorProtocol.Restore.class);
        int incarnation = restore.restoration().incarnation();
        for (RoleId role : List.of(RoleId.TEACHER, RoleId.student(0), RoleId.GENERATOR)) {
            supervisor.tell(new SupervisorProtocol.Restored(role, incarnation));
        }
        return restore;
    }

    /** Answers a request to save as both roles would. */
    private void saved(boolean finite) {
        GeneratorProtocol.Save save = generator.expectMessageClass(GeneratorProtocol.Save.class);
        student.expectMessageClass(StudentProtocol.Save.class);
        float value = finite ? 1 : Float.NaN;
        for (RoleId role : List.of(RoleId.GENERATOR, RoleId.student(0))) {
            supervisor.tell(
                    StateFiles.save(
                            role,
                            save.incarnation(),
                            save.step(),
                            save.directory(),
                            new StateDict().put("w", FloatArray.vector(save.step(), value)),
                            GateState.initial()));
        }
    }

    private GeneratorProtocol.Proceed proceed() {
        return generator.expectMessageClass(GeneratorProtocol.Proceed.class);
    }

    private void reached(int incarnation, long step) {
        supervisor.tell(new SupervisorProtocol.BarrierReached(incarnation, step));
    }

    private void evaluated(double top1) {
        StudentProtocol.Evaluate asked = student.expectMessageClass(StudentProtocol.Evaluate.class);
        supervisor.tell(
                new SupervisorProtocol.Evaluated(0, asked.incarnation(), asked.step(), top1));
    }

    private void report(int incarnation, long step, UpdateDecision decision) {
        supervisor.tell(
                new StepReport(
                        RoleId.student(0),
                        incarnation,
                        step,
                        Map.of("total", 1.0),
                        Map.of(),
                        new UpdateReport(decision, "figures", 10, 1, 0, 1, 1, 1e-3),
                        0,
                        0));
    }

    /** What the generator says of images that vary as much over the batch as within a class. */
    private void images(int incarnation, long step, double spread) {
        supervisor.tell(
                new StepReport(
                        RoleId.GENERATOR,
                        incarnation,
                        step,
                        Map.of("total", 1.0),
                        Map.of(StepReport.IMAGE_SPREAD, spread, StepReport.CLASS_SPREAD, spread),
                        new UpdateReport(UpdateDecision.APPLIED, "", 10, 1, 0, 1, 1, 1e-3),
                        0,
                        0));
    }

    private void begin() {
        comeUp();
        assertFalse(restored().restoration().fresh());
        saved(true);
        assertEquals(10, proceed().untilStep());
    }

    @Test
    void leadsARunFromBarrierToBarrier() throws Exception {
        begin();
        reached(0, 10);
        evaluated(50);
        assertEquals(15, proceed().untilStep());
        reached(0, 15);
        saved(true);
        assertEquals(30, proceed().untilStep());
        reached(0, 30);
        evaluated(60);
        saved(true);
        assertEquals(40, proceed().untilStep());
        reached(0, 40);
        evaluated(55);
        saved(true);

        RunOutcome outcome = end.get(30, TimeUnit.SECONDS);

        assertEquals(List.of(0L, 15L, 30L, 40L), recorder.checkpoints);
        assertTrue(outcome.completed());
        assertEquals(55, outcome.lastTop1().orElseThrow());
        assertEquals(60, outcome.bestTop1().orElseThrow());
        assertEquals(40, outcome.student().get("w").values()[0]);
    }

    @Test
    void rollsBackToTheNewestSoundCheckpointWithOtherNoise() {
        begin();
        reached(0, 10);
        evaluated(50);
        proceed();
        reached(0, 15);
        saved(true);
        proceed();
        skipThrice(0, 20);

        GeneratorProtocol.Restore restore = restored();

        Restoration restoration = restore.restoration();
        assertEquals(15, restoration.step());
        assertEquals(1, restoration.incarnation());
        assertEquals(1, restore.noiseEpoch());
        assertFalse(restoration.fresh());
        assertTrue(
                restoration
                        .state()
                        .orElseThrow()
                        .file()
                        .endsWith("step-00000015/generator.safetensors"));
        assertEquals(30, proceed().untilStep());
        assertEquals(List.of("skip", "skip", "skip", "rollback"), recorder.actions());
    }

    @Test
    void aRoleThatThrewGoesOnFromTheNewestCheckpointEvenIfItIsNotHealthy() {
        trainedTo15();
        report(0, 14, UpdateDecision.CLIPPED);
        reached(0, 15);
        saved(true);
        proceed();
        supervisor.tell(new SupervisorProtocol.RoleFailed(RoleId.TEACHER, "a bug"));
        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));

        Restoration restoration = restored().restoration();

        assertEquals(15, restoration.step());
        assertTrue(restoration.fresh());
    }

    @Test
    void goesBackBehindTheStepAtWhichTheTroubleBegan() {
        trainedTo15();
        report(0, 13, UpdateDecision.SKIPPED);
        report(0, 14, UpdateDecision.SKIPPED);
        reached(0, 15);
        saved(true);
        proceed();
        report(0, 15, UpdateDecision.SKIPPED);

        assertEquals(0, restored().restoration().step());
        assertFalse(Files.exists(directory.resolve("checkpoints/step-00000015")));
    }

    @Test
    void aCheckpointTakenInTroubleThatPassedIsSound() {
        trainedTo15();
        report(0, 13, UpdateDecision.CLIPPED);
        reached(0, 15);
        saved(true);
        proceed();
        for (long step = 14; step < 20; step++) {
            report(0, step, UpdateDecision.APPLIED);
        }
        skipThrice(0, 20);

        assertEquals(15, restored().restoration().step());
    }

    @Test
    void oneCureIsForAllThatAReportShows() {
        trainedTo15();
        for (long step = 10; step < 100; step++) {
            images(0, step, 0.8);
        }
        for (long step = 100; step < 113; step++) {
            images(0, step, 0);
        }

        assertEquals(1, restored().restoration().incarnation());
        assertEquals(List.of("rollback"), recorder.actions());
    }

    @Test
    void goesFurtherBackWhenTheSameTroubleComesAgainEachTime() {
        trainedTo15();
        reached(0, 15);
        saved(true);
        for (int incarnation = 0; incarnation < 2; incarnation++) {
            proceed();
            skipThrice(incarnation, 20);
            assertEquals(15, restored().restoration().step());
        }
        proceed();
        skipThrice(2, 20);

        assertEquals(0, restored().restoration().step());
    }

    @Test
    void refusesToSaveWhatIsNotFinite() {
        begin();
        reached(0, 10);
        evaluated(50);
        proceed();
        reached(0, 15);
        saved(false);

        assertEquals(0, restored().restoration().step());
        assertEquals(List.of("rollback"), recorder.actions());
        assertEquals(List.of(0L), recorder.checkpoints);
    }

    /** Stands where the checkpoints were, as a directory that cannot be written would. */
    private void blockCheckpoints() throws IOException {
        Files.move(directory.resolve("checkpoints"), directory.resolve("away"));
        Files.writeString(directory.resolve("checkpoints"), "in the way");
    }

    private void unblockCheckpoints() throws IOException {
        Files.delete(directory.resolve("checkpoints"));
        Files.move(directory.resolve("away"), directory.resolve("checkpoints"));
    }

    private void awaitInJournal(String text) {
        generator.awaitAssert(
                () -> {
                    String journal = Files.readString(directory.resolve("journal.jsonl"));
                    assertTrue(journal.contains(text), journal);
                    return null;
                });
    }

    private void trainedTo15() {
        begin();
        reached(0, 10);
        evaluated(50);
        assertEquals(15, proceed().untilStep());
    }

    @Test
    void goesOnTrainingWhileNoCheckpointCanBeSaved() throws Exception {
        trainedTo15();
        blockCheckpoints();
        reached(0, 15);

        assertEquals(30, proceed().untilStep());

        unblockCheckpoints();
        reached(0, 30);
        evaluated(60);
        saved(true);
        assertEquals(40, proceed().untilStep());
        assertEquals(List.of(0L, 30L), recorder.checkpoints);
        String journal = Files.readString(directory.resolve("journal.jsonl"));
        assertTrue(journal.contains("\"event\":\"unsaved\""), journal);
        assertTrue(journal.contains("cannot write a checkpoint to "), journal);
    }

    @Test
    void goesOnTrainingWhenARoleCannotWriteItsStateAndLeavesNothingBehind() throws Exception {
        trainedTo15();
        reached(0, 15);
        GeneratorProtocol.Save save = generator.expectMessageClass(GeneratorProtocol.Save.class);
        student.expectMessageClass(StudentProtocol.Save.class);
        Path writing = Path.of(save.directory());
        Files.writeString(writing.resolve("student-0.safetensors"), "half");
        supervisor.tell(
                SupervisorProtocol.Saved.failed(
                        RoleId.student(0), 0, 15, GateState.initial(), "no space left"));
        supervisor.tell(
                StateFiles.save(
                        RoleId.GENERATOR,
                        0,
                        15,
                        save.directory(),
                        new StateDict().put("w", FloatArray.vector(1)),
                        GateState.initial()));

        assertEquals(30, proceed().untilStep());

        assertFalse(Files.exists(writing));
        assertEquals(List.of(0L), recorder.checkpoints);
        assertEquals(List.of(), recorder.actions());
    }

    @Test
    void stopsWhenNothingCouldBeSavedForTooLong() throws Exception {
        trainedTo15();
        blockCheckpoints();
        reached(0, 15);
        proceed();
        nowNs.addAndGet(Duration.ofMinutes(30).toNanos());
        reached(0, 30);
        evaluated(60);

        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));

        String sentence = failed.getCause().getMessage();
        assertTrue(
                sentence.startsWith("no checkpoint could be saved for PT30M (2 attempts): "),
                sentence);
        assertTrue(sentence.endsWith("mend that and resume the run"), sentence);
    }

    @Test
    void triesToSaveTheLastStateUntilItCan() throws Exception {
        trainedTo15();
        reached(0, 15);
        saved(true);
        assertEquals(30, proceed().untilStep());
        reached(0, 30);
        evaluated(60);
        saved(true);
        assertEquals(40, proceed().untilStep());
        blockCheckpoints();
        reached(0, 40);
        evaluated(61);
        awaitInJournal("\"attempts\":1");
        bench.time.timePasses(Duration.ofSeconds(10));
        awaitInJournal("\"attempts\":2");
        assertFalse(end.isDone());
        unblockCheckpoints();
        bench.time.timePasses(Duration.ofSeconds(10));
        saved(true);

        assertTrue(end.get(30, TimeUnit.SECONDS).completed());
        assertEquals(List.of(0L, 15L, 30L, 40L), recorder.checkpoints);
    }

    @Test
    void stopsAtOnceWhenNotEvenTheFirstStateCanBeSaved() throws Exception {
        Files.writeString(directory.resolve("checkpoints"), "in the way");
        comeUp();
        restored();

        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));

        assertTrue(
                failed.getCause().getMessage().contains("free space there or make it writable"),
                failed.getCause().getMessage());
    }

    @Test
    void saysWhichDamagedCheckpointItPassedOverWhenItGoesBack() throws Exception {
        trainedTo15();
        reached(0, 15);
        saved(true);
        proceed();
        Files.writeString(directory.resolve("checkpoints/step-00000015/manifest.json"), "{}");
        supervisor.tell(new SupervisorProtocol.Stalled(0, 17, "logits of the teacher"));

        assertEquals(0, restored().restoration().step());

        String journal = Files.readString(directory.resolve("journal.jsonl"));
        assertTrue(journal.contains("\"event\":\"passed-over\""), journal);
        assertTrue(journal.contains("step-00000015 is damaged: manifest.json"), journal);
        assertTrue(Files.exists(directory.resolve("checkpoints/damaged-step-00000015")));
    }

    /** And one look at the clock more. */
    private void silenceFor(Duration time) {
        nowNs.addAndGet(time.toNanos());
        bench.time.timePasses(time.plus(STALL.dividedBy(10)));
    }

    @Test
    void doesNotTakeItsOwnStandstillForSilenceOfTheRoles() {
        begin();

        nowNs.addAndGet(STALL.multipliedBy(3).toNanos());
        bench.time.timePasses(STALL.dividedBy(10));

        generator.expectNoMessage();
        assertEquals(List.of(), recorder.actions());
    }

    @Test
    void restartsWhenNobodyReportsAndStopsWhenNobodyComesBack() throws Exception {
        begin();
        silenceFor(STALL);
        assertTrue(
                generator
                        .expectMessageClass(GeneratorProtocol.Restore.class)
                        .restoration()
                        .fresh());
        assertEquals("no role has reported anything", recorder.interventions.get(0).reason());

        silenceFor(STALL);

        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));
        assertEquals("not all roles came up within PT10M", failed.getCause().getMessage());
    }

    /** As when its frames do not arrive, out of lockstep. */
    @Test
    void restartsWhenTheStudentIsLeftBehindByTheGenerator() {
        begin();
        for (int step = 0; recorder.actions().isEmpty(); step++) {
            assertTrue(step < 40, "never noticed");
            images(0, step, 1);
            report(0, step, UpdateDecision.DISCARDED);
            bench.time.timePasses(STALL.dividedBy(10));
        }

        assertTrue(restored().restoration().fresh());
        assertEquals("student", recorder.interventions.get(0).role());
        assertEquals(
                "got through no batch for PT10M while others went on",
                recorder.interventions.get(0).reason());
    }

    @Test
    void aStudentThatLearnsNowAndThenIsNotLeftBehind() {
        begin();
        for (int step = 0; step < 40; step++) {
            report(0, step, step % 8 == 7 ? UpdateDecision.APPLIED : UpdateDecision.DISCARDED);
            bench.time.timePasses(STALL.dividedBy(10));
        }

        assertEquals(List.of(), recorder.actions());
    }

    @Test
    void saysWhomItWaitsForWhenProcessesMayStillCome() throws Exception {
        start(Optional.empty(), List.of(), true);
        String waiting = "for PT10M now, for [student-0, generator-0] to come up";

        while (!Files.readString(directory.resolve("journal.jsonl")).contains(waiting)) {
            // After the first time this is no news that would end the silence.
            supervisor.tell(
                    new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));
            silenceFor(STALL);
        }

        comeUp();
        restored();
    }

    @Test
    void aRoleThatSaysAgainThatItIsUpIsNotTakenForOneMadeAnew() {
        begin();
        comeUp();
        reached(0, 10);
        evaluated(50);
        assertEquals(15, proceed().untilStep());
        assertEquals(List.of(), recorder.actions());

        supervisor.tell(
                new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.NEXT_ADDRESS));

        Restoration restoration = restored().restoration();
        assertEquals(1, restoration.incarnation());
        assertTrue(
                restoration
                        .peers()
                        .contains(new Restoration.Peer(RoleId.TEACHER, MemoryPorts.NEXT_ADDRESS)));
        assertEquals("teacher-0 came up a second time", recorder.interventions.get(0).reason());
    }

    @Test
    void aRoleThatIsMadeAnewWhileAllAreWaitedForIsNoTroubleOfItsOwn() {
        begin();
        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));
        supervisor.tell(
                new SupervisorProtocol.StudentUp(0, 0, student.ref(), MemoryPorts.NEXT_ADDRESS));

        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));

        Restoration restoration = restored().restoration();
        assertEquals(1, restoration.incarnation());
        assertTrue(
                restoration
                        .peers()
                        .contains(
                                new Restoration.Peer(RoleId.student(0), MemoryPorts.NEXT_ADDRESS)));
        assertEquals(List.of("replace"), recorder.actions());
    }

    @Test
    void spendsItsBudgetsThenStopsAndAnHourLaterHasThemAgain() {
        begin();
        int incarnation = 0;
        for (String cure : List.of("rollback", "rollback", "restart")) {
            skipThrice(incarnation, 0);
            assertEquals(++incarnation, restored().restoration().incarnation());
            proceed();
            assertEquals(cure, recorder.actions().get(recorder.actions().size() - 1));
        }
        nowNs.addAndGet(Duration.ofHours(1).toNanos());
        skipThrice(incarnation, 0);

        assertEquals(4, restored().restoration().incarnation());
        assertEquals("rollback", recorder.actions().get(recorder.actions().size() - 1));
    }

    @Test
    void stopsWhenCuresHoursApartLeadNoFurther() {
        begin();
        for (int incarnation = 0; incarnation < 2; incarnation++) {
            silenceFor(STALL);
            assertEquals(incarnation + 1, restored().restoration().incarnation());
            proceed();
            nowNs.addAndGet(Duration.ofHours(2).toNanos());
        }

        silenceFor(STALL);

        String report = reportOfUnhealthy();
        assertTrue(
                report.contains("0 rollbacks and 2 restarts led to no checkpoint further on"),
                report);
    }

    private String reportOfUnhealthy() {
        ExecutionException stopped =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));
        return assertInstanceOf(RunUnhealthyException.class, stopped.getCause()).getMessage();
    }

    @Test
    void curesThatLedFurtherWereNotInVain() {
        begin();
        int incarnation = 0;
        for (long barrier : List.of(15L, 30L)) {
            silenceFor(STALL);
            assertEquals(++incarnation, restored().restoration().incarnation());
            proceed();
            reached(incarnation, barrier);
            if (barrier == 30) {
                evaluated(50);
            }
            saved(true);
            proceed();
            nowNs.addAndGet(Duration.ofHours(2).toNanos());
        }

        silenceFor(STALL);

        assertEquals(3, restored().restoration().incarnation());
        assertEquals(List.of("restart", "restart", "restart"), recorder.actions());
    }

    private void skipThrice(int incarnation, long from) {
        for (long step = from; step < from + 3; step++) {
            report(incarnation, step, UpdateDecision.SKIPPED);
        }
    }

    @Test
    void aFollowerRemembersWhatTheDetectorsHadLearned() {
        trainedTo15();
        report(0, 12, UpdateDecision.APPLIED);
        reached(0, 15);
        saved(true);
        proceed();

        assertEquals(
                List.of(1.0),
                store().newest().orElseThrow().manifest().histories().get("student loss"));
        dieAndBeFollowed(Instant.EPOCH);
        report(1000, 15, UpdateDecision.APPLIED);
        reached(1000, 30);
        evaluated(60);
        saved(true);
        proceed();

        assertEquals(
                List.of(1.0, 1.0),
                store().newest().orElseThrow().manifest().histories().get("student loss"));
    }

    private void spendTheRollbacks() {
        begin();
        for (int incarnation = 0; incarnation < 2; incarnation++) {
            skipThrice(incarnation, 0);
            restored();
            proceed();
        }
    }

    @Test
    void aRunIsLostNotFailedWhenItsSupervisorIsStopped() {
        begin();

        bench.kit.stop(supervisor);

        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));
        RunLostException lost = assertInstanceOf(RunLostException.class, failure.getCause());
        assertEquals("the supervisor was stopped", lost.getMessage());
    }

    @Test
    void aRunSaysWhatItsSupervisorDiedOf() throws Exception {
        supervisor.tell(new SupervisorProtocol.TeacherUp(0, null, MemoryPorts.ADDRESS));
        supervisor.tell(new SupervisorProtocol.StudentUp(0, 0, student.ref(), MemoryPorts.ADDRESS));
        supervisor.tell(new SupervisorProtocol.GeneratorUp(generator.ref(), MemoryPorts.ADDRESS));

        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));
        String said = failure.getCause().getMessage();
        assertTrue(said.startsWith("the supervisor failed: java.lang.NullPointer"), said);
        assertTrue(
                Files.readString(directory.resolve("journal.jsonl"))
                        .contains("the supervisor failed: java.lang.NullPointer"));
    }

    private void dieAndBeFollowed(Instant now) {
        bench.kit.stop(supervisor);
        follow(PastCures.read(directory, now));
    }

    /** The noise of before led to the same trouble twice. */
    @Test
    void aFollowerDrawsFromTheNoiseThatWasBegunLast() {
        spendTheRollbacks();
        bench.kit.stop(supervisor);

        start(store().newest(), List.of());
        comeUp();

        GeneratorProtocol.Restore restore = restored();
        assertEquals(2, restore.noiseEpoch());
        assertEquals(0, restore.restoration().step());
    }

    private void follow(List<PastCure> past) {
        start(store().newest(), past);
        comeUp();
        restored();
        proceed();
    }

    @Test
    void countsWhatAnEarlierSupervisorSpentWithinTheHour() {
        spendTheRollbacks();

        dieAndBeFollowed(Instant.EPOCH.plusSeconds(600));
        skipThrice(1000, 0);

        assertTrue(restored().restoration().fresh());
        assertEquals("restart", recorder.actions().get(recorder.actions().size() - 1));
    }

    @Test
    void forgetsWhatAnEarlierSupervisorSpentLongerAgo() {
        spendTheRollbacks();

        dieAndBeFollowed(Instant.EPOCH.plusSeconds(3600));
        skipThrice(1000, 0);

        restored();
        assertEquals("rollback", recorder.actions().get(recorder.actions().size() - 1));
    }

    @Test
    void whatAGuestSpentIsNotMissingInTheBudgetOfTheRun() {
        begin();
        bench.kit.stop(supervisor);

        follow(
                Collections.nCopies(
                        2, new PastCure("student-1", "rollback", 12, Duration.ofMinutes(1))));
        skipThrice(1000, 0);

        restored();
        assertEquals("rollback", recorder.actions().get(recorder.actions().size() - 1));
    }

    @Test
    void aCancelCountsWhenARoleIsLostBeforeTheBarrier() throws Exception {
        begin();
        supervisor.tell(new SupervisorProtocol.Cancel("asked to stop"));
        generator.expectMessageClass(GeneratorProtocol.Pause.class);

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));

        RunOutcome outcome = end.get(30, TimeUnit.SECONDS);
        assertFalse(outcome.completed());
        assertEquals(0, outcome.steps());
    }

    @Test
    void waitsForARoleThatThrewBeforeItGoesBack() {
        begin();
        supervisor.tell(new SupervisorProtocol.RoleFailed(RoleId.TEACHER, "out of memory"));
        generator.expectNoMessage(Duration.ZERO);

        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));

        GeneratorProtocol.Restore restore = restored();
        assertEquals(1, restore.restoration().incarnation());
        assertEquals(0, restore.noiseEpoch());
        assertEquals("out of memory", recorder.interventions.get(0).reason());
    }

    private final TestProbe<StudentProtocol.Request> guest = bench.kit.createTestProbe();

    /** A 4-bit guest comes at the barrier of a step and is ready. */
    private StudentProtocol.Restore guestJoins(int incarnation, long step) {
        supervisor.tell(new SupervisorProtocol.StudentUp(1, 4, guest.ref(), MemoryPorts.ADDRESS));
        generator.expectMessageClass(GeneratorProtocol.Pause.class);
        reached(incarnation, step);
        GeneratorProtocol.Restore restore = restored();
        assertEquals(incarnation + 1, restore.restoration().incarnation());
        assertEquals(0, restore.noiseEpoch());
        assertEquals(step, restore.restoration().step());
        assertTrue(restore.restoration().state().isEmpty());
        StudentProtocol.Restore joined = guest.expectMessageClass(StudentProtocol.Restore.class);
        supervisor.tell(new SupervisorProtocol.Restored(RoleId.student(1), incarnation + 1));
        return joined;
    }

    private void guestSaves(StudentProtocol.Save asked) {
        supervisor.tell(
                StateFiles.save(
                        RoleId.student(1),
                        asked.incarnation(),
                        asked.step(),
                        asked.directory(),
                        new StateDict().put("w", FloatArray.vector(4)),
                        GateState.initial()));
    }

    @Test
    void aGuestJoinsAtABarrierOfItsOwnAndCalibratesFirst() {
        begin();

        StudentProtocol.Restore joined = guestJoins(0, 7);

        assertEquals(17, joined.trainsFrom());
        assertEquals(17, joined.readFrom());
        assertEquals(10, proceed().untilStep());
        assertEquals(List.of(), recorder.actions());
    }

    @Test
    void nobodyGoesBackForAGuestThatLeavesAndItComesBackAsItWasSaved() {
        begin();
        guestJoins(0, 7);
        proceed();
        reached(1, 10);
        evaluated(50);
        guest.expectMessageClass(StudentProtocol.Evaluate.class);
        supervisor.tell(new SupervisorProtocol.Evaluated(1, 1, 10, 40));
        proceed();
        reached(1, 15);
        guestSaves(guest.expectMessageClass(StudentProtocol.Save.class));
        saved(true);
        proceed();

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.student(1), "it was switched off"));

        assertEquals(
                Set.of(0),
                generator.expectMessageClass(GeneratorProtocol.Students.class).students());
        assertEquals(
                Set.of(0), teacher.expectMessageClass(TeacherProtocol.Students.class).students());
        StudentProtocol.Restore back = guestJoins(1, 18);
        assertTrue(
                back.restoration()
                        .state()
                        .orElseThrow()
                        .file()
                        .endsWith("step-00000015/student-1.safetensors"));
        assertEquals(17, back.trainsFrom());
        assertEquals(List.of(), recorder.actions());
    }

    @Test
    void aGuestThatJoinsWhereAccuracyIsDueIsNotAskedForIt() {
        begin();
        guestJoins(0, 10);

        evaluated(50);

        proceed();
        guest.expectNoMessage(Duration.ZERO);
    }

    @Test
    void aGuestThatWasSavedBeforeItHadSeenAnythingCalibratesWhenItComesBack() {
        begin();
        guestJoins(0, 15);
        guestSaves(guest.expectMessageClass(StudentProtocol.Save.class));
        saved(true);
        proceed();
        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.student(1), "it was switched off"));
        generator.expectMessageClass(GeneratorProtocol.Students.class);
        teacher.expectMessageClass(TeacherProtocol.Students.class);

        StudentProtocol.Restore back = guestJoins(1, 18);

        assertTrue(back.restoration().state().isEmpty());
        assertEquals(28, back.trainsFrom());
    }

    @Test
    void aGuestThatLeavesWhileItsStateIsSavedDoesNotHoldUpTheCheckpoint() {
        begin();
        guestJoins(0, 12);
        proceed();
        reached(1, 15);
        guest.expectMessageClass(StudentProtocol.Save.class);
        saved(true);

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.student(1), "it was switched off"));

        generator.expectMessageClass(GeneratorProtocol.Students.class);
        assertEquals(30, proceed().untilStep());
        assertEquals(List.of(0L, 15L), recorder.checkpoints);
    }

    /** On its way from another machine it may take longer than the news that the guest is gone. */
    @Test
    void whatAGuestSavedCountsNoMoreWhenItHasLeft() {
        begin();
        guestJoins(0, 12);
        proceed();
        reached(1, 15);
        StudentProtocol.Save asked = guest.expectMessageClass(StudentProtocol.Save.class);
        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.student(1), "it was switched off"));

        guestSaves(asked);
        saved(true);

        generator.expectMessageClass(GeneratorProtocol.Students.class);
        proceed();
        Checkpoint newest = store().newest().orElseThrow();
        assertEquals(15, newest.step());
        assertTrue(newest.has(RoleId.student(0)));
        assertFalse(newest.has(RoleId.student(1)));
    }

    @Test
    void aGuestTheCheckpointDoesNotKnowBeginsAnewWhenAllGoBack() {
        begin();
        guestJoins(0, 7);
        proceed();
        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));
        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));

        assertEquals(0, restored().restoration().step());
        StudentProtocol.Restore again = guest.expectMessageClass(StudentProtocol.Restore.class);
        assertTrue(again.restoration().fresh());
        assertTrue(again.restoration().state().isEmpty());
        assertEquals(10, again.trainsFrom());
    }

    @Test
    void aGuestThatKeepsThrowingIsSentAway() {
        begin();
        for (int i = 0; i <= 1; i++) {
            guestJoins(i, 7);
            proceed();
            supervisor.tell(new SupervisorProtocol.RoleFailed(RoleId.student(1), "no memory"));
            generator.expectMessageClass(GeneratorProtocol.Students.class);
            teacher.expectMessageClass(TeacherProtocol.Students.class);
        }

        supervisor.tell(new SupervisorProtocol.StudentUp(1, 4, guest.ref(), MemoryPorts.ADDRESS));

        assertEquals("no memory", guest.expectMessageClass(StudentProtocol.Retire.class).reason());
        reached(2, 10);
        student.expectMessageClass(StudentProtocol.Evaluate.class);
    }

    @Test
    void stopsWhenTheLastStudentIsAGuestAndLeaves() {
        begin();
        guestJoins(0, 7);
        proceed();
        supervisor.tell(new SupervisorProtocol.RoleGone(RoleId.student(0), "no memory"));
        student.expectMessageClass(StudentProtocol.Retire.class);

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.student(1), "it was switched off"));

        String report = reportOfUnhealthy();
        assertTrue(
                report.contains(
                        "it has left, and all other students are put aside; the last healthy"
                                + " checkpoint is "),
                report);
    }

    /** A second teacher comes while the run goes on, and is ready. */
    private TestProbe<TeacherProtocol.Request> secondTeacher() {
        TestProbe<TeacherProtocol.Request> second = bench.kit.createTestProbe();
        supervisor.tell(new SupervisorProtocol.TeacherUp(1, second.ref(), MemoryPorts.ADDRESS));
        TeacherProtocol.Restore restore = second.expectMessageClass(TeacherProtocol.Restore.class);
        assertEquals(0, restore.restoration().incarnation());
        supervisor.tell(new SupervisorProtocol.Restored(RoleId.teacher(1), 0));
        return second;
    }

    private Map<Integer, ActorRef<TeacherProtocol.Request>> sharing() {
        return generator.expectMessageClass(GeneratorProtocol.Teachers.class).teachers();
    }

    @Test
    void aTeacherThatComesLaterSharesTheBatchesOnceItIsReady() {
        begin();

        TestProbe<TeacherProtocol.Request> second = secondTeacher();

        assertEquals(Map.of(0, teacher.ref(), 1, second.ref()), sharing());
        assertEquals(List.of(), recorder.actions());
    }

    @Test
    void nobodyGoesBackForATeacherWhenAnotherAnswers() {
        begin();
        TestProbe<TeacherProtocol.Request> second = secondTeacher();
        sharing();

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));

        assertEquals(Map.of(1, second.ref()), sharing());
        assertEquals(List.of(), recorder.actions());
        reached(0, 10);
        student.expectMessageClass(StudentProtocol.Evaluate.class);
    }

    @Test
    void goesBackWhenTheLastTeacherIsLost() {
        begin();
        secondTeacher();
        sharing();
        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));
        sharing();

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.teacher(1), "host c is gone"));

        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));
        assertEquals(1, restored().restoration().incarnation());
        assertEquals(List.of("replace"), recorder.actions());
    }

    @Test
    void aTeacherLostBeforeAllAreRestoredDoesNotHoldUpTheOthers() {
        TestProbe<TeacherProtocol.Request> second = bench.kit.createTestProbe();
        supervisor.tell(new SupervisorProtocol.TeacherUp(1, second.ref(), MemoryPorts.ADDRESS));
        comeUp();
        generator.expectMessageClass(GeneratorProtocol.Restore.class);

        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));

        assertEquals(
                Map.of(1, second.ref()),
                generator.expectMessageClass(GeneratorProtocol.Restore.class).teachers());
    }

    @Test
    void ignoresWhatAnOlderIncarnationSays() {
        begin();
        supervisor.tell(new SupervisorProtocol.RoleFailed(RoleId.TEACHER, "once"));
        supervisor.tell(new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));
        restored();
        proceed();
        int before = recorder.interventions.size();

        for (long step = 0; step < 5; step++) {
            report(0, step, UpdateDecision.SKIPPED);
        }
        reached(0, 10);
        supervisor.tell(new SupervisorProtocol.Stalled(0, 3, "anything"));
        reached(1, 10);

        assertEquals(1, student.expectMessageClass(StudentProtocol.Evaluate.class).incarnation());
        assertEquals(before, recorder.interventions.size());
        assertEquals(List.of(), recorder.steps);
    }

    @Test
    void aCancelTakesACheckpointAndEnds() throws Exception {
        begin();
        supervisor.tell(new SupervisorProtocol.Cancel("enough"));
        generator.expectMessageClass(GeneratorProtocol.Pause.class);
        reached(0, 7);
        saved(true);

        RunOutcome outcome = end.get(30, TimeUnit.SECONDS);

        assertFalse(outcome.completed());
        assertEquals(7, outcome.steps());
    }

    @Test
    void aLostRoleIsWaitedForAndAllGoOnFromTheNewestCheckpointOnTheSameNoise() {
        begin();
        for (int loss = 1; loss <= 4; loss++) {
            supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "host b is gone"));
            generator.expectNoMessage();
            supervisor.tell(
                    new SupervisorProtocol.TeacherUp(0, teacher.ref(), MemoryPorts.ADDRESS));

            GeneratorProtocol.Restore restore = restored();

            assertEquals(loss, restore.restoration().incarnation());
            assertEquals(0, restore.noiseEpoch());
            assertTrue(restore.restoration().fresh());
            assertEquals(0, restore.restoration().step());
            assertEquals(3, restore.restoration().peers().size());
            proceed();
        }
        assertEquals(4, recorder.interventions.size());
        assertEquals("replace", recorder.interventions.get(0).action());
        assertFalse(end.isDone());
    }

    /** Answers a request to save as roles that hold their states on other machines. */
    private void held(int mark) {
        GeneratorProtocol.Save save = generator.expectMessageClass(GeneratorProtocol.Save.class);
        student.expectMessageClass(StudentProtocol.Save.class);
        for (RoleId role : List.of(RoleId.GENERATOR, RoleId.student(0))) {
            HeldFile shelf = new HeldFile();
            ActorRef<FileProtocol.Request> source = FileSources.spawn(bench.kit, shelf);
            StateDict state = new StateDict().put("w", FloatArray.vector(save.step(), 1));
            GateState gate = GateState.initial();
            SupervisorProtocol.Saved saved =
                    StateFiles.hold(
                            role, save.incarnation(), save.step(), shelf, source, state, gate);
            // What arrives is what was saved, or it does not count.
            ByteBuffer other = Safetensors.bytes(state);
            other.put(other.limit() - 1, (byte) (other.get(other.limit() - 1) ^ mark));
            shelf.hold(saved.file(), other);
            supervisor.tell(saved);
        }
    }

    @Test
    void fetchesTheStatesOfRolesOnOtherMachinesIntoTheCheckpoint() {
        comeUp();
        restored();
        held(0);

        assertEquals(10, proceed().untilStep());

        Checkpoint first = store().newest().orElseThrow();
        assertEquals(
                Set.of("generator.safetensors", "student-0.safetensors", "journal.jsonl"),
                first.manifest().files().keySet());
        States.assertSame(
                new StateDict().put("w", FloatArray.vector(0, 1)),
                StateFiles.read(first.file("student-0.safetensors")));
    }

    @Test
    void takesNoStateThatArrivesDamagedIntoACheckpointAndTrainsOn() {
        trainedTo15();
        reached(0, 15);
        held(1);

        assertEquals(30, proceed().untilStep());

        assertEquals(0, store().newest().orElseThrow().step());
    }

    @Test
    void handlesEveryRequestAlsoWhenAllIsOver() {
        begin();
        supervisor.tell(new SupervisorProtocol.RoleGone(RoleId.TEACHER, "no such file"));
        comeUp();
        supervisor.tell(new SupervisorProtocol.RoleFailed(RoleId.TEACHER, "again"));
        supervisor.tell(new SupervisorProtocol.RoleLost(RoleId.TEACHER, "no answer"));
        supervisor.tell(new SupervisorProtocol.Restored(RoleId.TEACHER, 0));
        supervisor.tell(
                new SupervisorProtocol.Saved(
                        RoleId.TEACHER, 0, 0, "", "", true, GateState.initial()));
        report(0, 3, UpdateDecision.SKIPPED);
        supervisor.tell(new SupervisorProtocol.Evaluated(0, 0, 10, 50));
        reached(0, 10);
        supervisor.tell(new SupervisorProtocol.Stalled(0, 3, "anything"));
        supervisor.tell(new SupervisorProtocol.Cancel("late"));

        ExecutionException failed =
                assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));
        assertEquals("teacher-0 cannot be started: no such file", failed.getCause().getMessage());
        bench.assertAllHandled();
        assertEquals(13, SupervisorProtocol.Request.class.getPermittedSubclasses().length);
        assertEquals(List.of(), recorder.interventions);
    }
}
