package io.aktnode.actors.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.Planes;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.tensor.DataPlane;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Roles on two data planes, under one run's key. */
@Timeout(60)
class AeronPortsTest {

    private static final long RUN = 5;
    private static final RoleId STUDENT = RoleId.student(0);

    private final Optional<FrameKey> key = Optional.of(FrameKey.draw(new SecureRandom()));
    private final BlockingQueue<FrameHeader> landed = new LinkedBlockingQueue<>();
    private final FrameInbox inbox =
            new FrameInbox(Map.of(FrameKind.TEACHER_KNOWLEDGE, 8), landed::add);
    private final FrameInbox nothing = new FrameInbox(Map.of(), landed::add);

    @TempDir private Path directory;
    private DataPlane near;
    private DataPlane far;
    private FramePort teacher;
    private FramePort student;

    @BeforeEach
    void start() throws Exception {
        near = Planes.start(directory);
        far = Planes.start(directory);
        teacher = ports(near, "here", 0).open(RoleId.TEACHER, nothing);
    }

    private FramePorts ports(DataPlane plane, String host, int port) {
        return new AeronPorts(
                plane, host, Optional.of("aeron:udp?endpoint=127.0.0.1:" + port), key);
    }

    @AfterEach
    void stop() {
        teacher.close();
        student.close();
        near.close();
        far.close();
        inbox.close();
        nothing.close();
    }

    private void openStudent(String host, int port) {
        student = ports(far, host, port).open(STUDENT, inbox);
        student.fence(RUN, 3);
    }

    private void connectTeacher() {
        teacher.connect(List.of(new Restoration.Peer(STUDENT, student.address())));
    }

    private void send(long batch) {
        try (Tensor tensor = Tensor.allocate(4)) {
            assertTrue(teacher.send(STUDENT, header(batch), List.of(tensor)));
        }
    }

    private static FrameHeader header(long batch) {
        return FrameHeader.of(RUN, 3, batch, RoleId.TEACHER, FrameKind.TEACHER_KNOWLEDGE);
    }

    private long arrived() throws InterruptedException {
        FrameHeader header = landed.poll(20, TimeUnit.SECONDS);
        assertTrue(header != null, "no frame came");
        return header.batchId();
    }

    /** Where nobody listens on the network. */
    private void connectTeacherThroughMemory() {
        DataAddress address = student.address();
        teacher.connect(
                List.of(
                        new Restoration.Peer(
                                STUDENT,
                                new DataAddress(
                                        address.host(),
                                        address.directory(),
                                        "aeron:udp?endpoint=127.0.0.1:1",
                                        address.opening()))));
    }

    @Test
    void sendsToAnotherProcessOfTheMachineThroughItsMemory() throws Exception {
        openStudent("here", 0);
        connectTeacherThroughMemory();

        send(1);
        send(2);

        assertEquals(1, arrived());
        assertEquals(2, arrived());
        assertEquals(0, far.counters().dropped());
    }

    @Test
    void aNeighbourThatIsGoneIsNoFaultAndTheNextOneIsReached() throws Exception {
        openStudent("here", 0);
        connectTeacherThroughMemory();
        send(1);
        assertEquals(1, arrived());
        student.close();
        far.close();

        FrameHeader lost = header(2);
        try (Tensor tensor = Tensor.allocate(4)) {
            assertFalse(teacher.send(STUDENT, lost, List.of(tensor)));
        }

        far = Planes.start(directory);
        openStudent("here", 0);
        connectTeacherThroughMemory();
        send(3);
        assertEquals(3, arrived());
        assertEquals(0, near.faults());
    }

    /**
     * As after a replay: its memory of frames has gone with the endpoint, the fence is the same.
     */
    @Test
    void aRoleMadeAnewTakesNoFrameThatWasMeantForTheOneBefore() throws Exception {
        int port;
        try (DatagramSocket socket = new DatagramSocket(0)) {
            port = socket.getLocalPort();
        }
        openStudent("there", port);
        connectTeacher();
        send(1);
        assertEquals(1, arrived());
        long before = student.address().opening();
        student.close();
        openStudent("there", port);

        send(2);
        while (far.counters().dropped(DropReason.WRONG_KEY) == 0) {
            Thread.onSpinWait();
        }
        connectTeacher();
        send(3);

        assertEquals(3, arrived());
        assertNotEquals(before, student.address().opening());
        assertEquals(1, far.counters().dropped());
    }
}
