package io.aktnode.actors.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.Planes;
import io.aktnode.nn.kernel.Tensor;
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

    private final FrameKey key = FrameKey.draw(new SecureRandom());
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
        teacher = ports(near, 0).open(RoleId.TEACHER, nothing);
    }

    private FramePorts ports(DataPlane plane, int port) {
        return new AeronPorts(
                plane,
                "here",
                Optional.of("aeron:udp?endpoint=127.0.0.1:" + port),
                Optional.of(key));
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

    private void openStudent(int port) {
        student = ports(far, port).open(STUDENT, inbox);
        student.fence(RUN, 3);
    }

    private void connectTeacher() {
        teacher.connect(List.of(new Restoration.Peer(STUDENT, student.address())));
    }

    private void send(long batch) {
        FrameHeader header =
                FrameHeader.of(RUN, 3, batch, RoleId.TEACHER, FrameKind.TEACHER_KNOWLEDGE);
        try (Tensor tensor = Tensor.allocate(4)) {
            assertTrue(teacher.send(STUDENT, header, List.of(tensor)));
        }
    }

    private long arrived() throws InterruptedException {
        FrameHeader header = landed.poll(20, TimeUnit.SECONDS);
        assertTrue(header != null, "no frame came");
        return header.batchId();
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
        openStudent(port);
        connectTeacher();
        send(1);
        assertEquals(1, arrived());
        long before = student.address().opening();
        student.close();
        openStudent(port);

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
