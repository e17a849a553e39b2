package io.aktnode.protocol.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message of the control plane survives the wire as it was. */
class ControlMessagesTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Serialization SERIALIZATION =
            SerializationExtension.get(KIT.system().classicSystem());

    /** 32 times Q, as text or as numbers. */
    private static final byte[] SECRET = "Q".repeat(FrameKey.BYTES).getBytes(US_ASCII);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static List<CborSerializable> messages() {
        GateState gate = new GateState(List.of(2.25, -0.1, 1.0 / 3), 2, 0.25);
        DataAddress address =
                new DataAddress(
                        "10.0.0.5", "/dev/shm/akt", "aeron:udp?endpoint=10.0.0.5:4011", -9L);
        Restoration restoration =
                new Restoration(
                        -77L,
                        3,
                        400,
                        true,
                        Optional.of(
                                new RoleState("c/student-0.st", "ab12", Optional.of(ref()), gate)),
                        List.of(new Restoration.Peer(RoleId.TEACHER, address)));
        Restoration bare = new Restoration(1L, 0, 0, false, Optional.empty(), List.of());
        UpdateReport update =
                new UpdateReport(UpdateDecision.CLIPPED, "why", 1e3, 9.5, 0, 1e-3, 0.5, Double.NaN);
        ActorRef<SupervisorProtocol.Restored> restored = ref();
        ActorRef<SupervisorProtocol.Saved> saved = ref();
        ActorRef<GeneratorProtocol.Request> generator = ref();
        ActorRef<TeacherProtocol.Request> teacher = ref();
        ActorRef<StudentProtocol.Request> student = ref();
        ActorRef<HostProtocol.Request> host = ref();
        ActorRef<CrewProtocol.Request> crew = ref();
        ActorRef<FileProtocol.Request> source = ref();
        return List.of(
                new FileProtocol.Fetch("step-00000400/manifest.json", 131072, ref()),
                new FileProtocol.Part("x", 3, 6, ByteBuffer.wrap(new byte[] {0, -1, 7})),
                new FileProtocol.Unavailable("x", "it is gone"),
                new ReplicaProtocol.Offer(400, "ab12  manifest.json", source),
                new ReplicaProtocol.Inquire(ref()),
                new SeedProtocol.Ask("akka://akt@10.0.0.5:25520", -7, ref()),
                new SeedProtocol.Answer(true),
                new ReplicaProtocol.Kept(
                        Optional.of(
                                new ReplicaProtocol.Keepsake(
                                        new ReplicaProtocol.Offer(400, "ab12  x", source),
                                        3,
                                        Map.of("seed", "1")))),
                new StepReport(
                        RoleId.student(1),
                        3,
                        42,
                        Map.of("total", -3.5, "feature", 1e-9),
                        Map.of(StepReport.STALENESS, 1.0),
                        update,
                        0.25,
                        0.125),
                new SupervisorProtocol.GeneratorUp(generator, address),
                new SupervisorProtocol.TeacherUp(1, teacher, address),
                new SupervisorProtocol.StudentUp(1, 4, student, address),
                new SupervisorProtocol.RoleFailed(RoleId.TEACHER, "out of ideas"),
                new SupervisorProtocol.RoleGone(RoleId.GENERATOR, "no such file"),
                new SupervisorProtocol.RoleLost(RoleId.student(2), "host b does not answer"),
                new SupervisorProtocol.Restored(RoleId.student(0), 4),
                new SupervisorProtocol.Saved(
                        RoleId.GENERATOR, 4, 400, "generator.safetensors", "ab12", true, gate),
                SupervisorProtocol.Saved.failed(RoleId.GENERATOR, 4, 400, gate, "disk full"),
                new SupervisorProtocol.Evaluated(0, 1, 800, 79.14),
                new SupervisorProtocol.BarrierReached(2, 800),
                new SupervisorProtocol.Stalled(2, 799, "logits of teacher-0"),
                new SupervisorProtocol.Cancel("interrupted"),
                new GeneratorProtocol.Restore(
                        restoration,
                        2,
                        Map.of(0, teacher, 1, teacher),
                        Map.of(0, student, 2, student),
                        Map.of(2, 1600L),
                        restored),
                new GeneratorProtocol.Students(2, Set.of(0, 2)),
                new GeneratorProtocol.Proceed(2, 1000, ref()),
                new GeneratorProtocol.Teachers(
                        2,
                        Map.of(1, teacher),
                        List.of(new Restoration.Peer(RoleId.teacher(1), address))),
                new GeneratorProtocol.Pause(2),
                new GeneratorProtocol.Save(2, 800, "checkpoints/.writing", saved),
                new GeneratorProtocol.BatchFinished(2, 17, 0, true),
                new TeacherProtocol.Restore(bare, Set.of(0, 2), restored),
                new TeacherProtocol.Students(2, Set.of(0, 2)),
                new TeacherProtocol.Abandon(2, 17),
                new StudentProtocol.Restore(restoration, 1600, 400, generator, restored),
                new StudentProtocol.Save(2, 800, "checkpoints/.writing", saved),
                new StudentProtocol.Evaluate(2, 800, ref()),
                new StudentProtocol.Abandon(2, 17),
                new StudentProtocol.LeaveOut(2, 17),
                new StudentProtocol.Retire("its weights are not finite"),
                new HostProtocol.Introduce(crew, 3, Passport.of("a")),
                new HostProtocol.Assign(
                        RoleId.student(1), 4, 0, "akt.seed = 7", Optional.empty(), ref(), crew),
                new HostProtocol.Assign(
                        RoleId.student(1),
                        5,
                        4,
                        "akt.seed = 7",
                        Optional.of(FrameKey.of(SECRET)),
                        ref(),
                        crew),
                new HostProtocol.Reject("another teacher", crew),
                new HostProtocol.Dismiss(HostProtocol.RunEnd.PAUSED, "stopped"),
                new HostProtocol.Dismiss(HostProtocol.RunEnd.UNHEALTHY, "nothing helped"),
                new CrewProtocol.Introduced(
                        host,
                        "b (4711)",
                        2,
                        Passport.of("a"),
                        List.of(5),
                        Map.of("teacher", "ab12")),
                new CrewProtocol.RoleStopped(host, RoleId.TEACHER, 4, "out of memory"));
    }

    private static <T> ActorRef<T> ref() {
        TestProbe<T> probe = KIT.createTestProbe();
        return probe.ref();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void comesBackFromCborAsItWas(CborSerializable message) {
        byte[] bytes = SERIALIZATION.serialize(message).get();
        Object back = SERIALIZATION.deserialize(bytes, message.getClass()).get();

        assertInstanceOf(ControlSerializer.class, SERIALIZATION.findSerializerFor(message));
        assertEquals(message, back);
    }

    @Test
    void aFrameKeyIsNotToldByTheMessageThatHandsItOut() {
        String text =
                messages().stream()
                        .filter(HostProtocol.Assign.class::isInstance)
                        .map(Object::toString)
                        .toList()
                        .toString();

        assertTrue(text.contains("frame key "), text);
        assertFalse(text.contains("QQ") || text.contains("5151") || text.contains("81, 81"), text);
    }

    /** Akka's own serializer would set 2 GB aside for each of these. */
    @Test
    void unpacksNothing() {
        for (int start : new int[] {0x87d96df6, 0x1f8b0800}) {
            byte[] packed = ByteBuffer.allocate(16).putInt(start).putInt(0x7ffffff0).array();
            ControlSerializer serializer =
                    (ControlSerializer)
                            SERIALIZATION.findSerializerFor(new SupervisorProtocol.Cancel(""));

            Throwable refused =
                    SERIALIZATION
                            .deserialize(
                                    packed,
                                    serializer.identifier(),
                                    SupervisorProtocol.Cancel.class.getName())
                            .failed()
                            .get();

            assertTrue(refused.getMessage().contains("is compressed"), refused.getMessage());
        }
    }

    @Test
    void everyPermittedMessageIsInThisTest() {
        Set<Class<?>> permitted = new HashSet<>();
        for (Class<?> top :
                List.of(
                        SupervisorProtocol.Request.class,
                        GeneratorProtocol.Request.class,
                        TeacherProtocol.Request.class,
                        StudentProtocol.Request.class,
                        HostProtocol.Request.class,
                        CrewProtocol.Request.class,
                        FileProtocol.Request.class,
                        FileProtocol.Answer.class,
                        ReplicaProtocol.Request.class,
                        ReplicaProtocol.Answer.class,
                        SeedProtocol.Request.class,
                        SeedProtocol.Reply.class)) {
            permitted.addAll(Arrays.asList(top.getPermittedSubclasses()));
        }
        Set<Class<?>> tested = new HashSet<>();
        messages().forEach(message -> tested.add(message.getClass()));

        assertEquals(permitted, tested);
        assertTrue(permitted.size() > 30);
    }
}
