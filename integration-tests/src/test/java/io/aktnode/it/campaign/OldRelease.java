package io.aktnode.it.campaign;

import io.aktnode.it.agent.FaultAgent;
import io.aktnode.it.agent.Orders;
import io.aktnode.protocol.frame.FrameWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Processes of a release before this one that were forgotten about. */
final class OldRelease {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> RECEIVERS = List.of("generator", "teacher", "student");
    private static final String REFUSED =
            "protocol version "
                    + (FrameWriter.PROTOCOL_VERSION - 1)
                    + ", expected "
                    + FrameWriter.PROTOCOL_VERSION;

    private OldRelease() {}

    /** Well-formed frames of an older protocol version, sent to every port tensors come in at. */
    static Fault frames() {
        return ProcessFaults.of(
                "frames of an older protocol version",
                (training, random) -> {
                    List<Integer> before = new ArrayList<>();
                    for (String role : RECEIVERS) {
                        before.add(training.of(role).output().length());
                    }
                    send(training);
                    for (int i = 0; i < RECEIVERS.size(); i++) {
                        Member member = training.of(RECEIVERS.get(i));
                        if (!member.output().substring(before.get(i)).contains(REFUSED)) {
                            throw new IllegalStateException(
                                    "no word of old frames by the " + RECEIVERS.get(i));
                        }
                    }
                });
    }

    private static void send(Training training) throws IOException, InterruptedException {
        Path directory = training.out().resolveSibling("old-frames");
        Path log = directory.resolveSibling("old-frames.log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-Xmx128m",
                                "-cp",
                                Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                                        .orElse(System.getProperty("java.class.path")),
                                OldFrames.class.getName(),
                                directory.toString()));
        for (String role : RECEIVERS) {
            Member member = training.of(role);
            for (Sockets.Port port : Sockets.listening(member.pid())) {
                if (!port.tcp() && port.address().equals(member.host().address())) {
                    command.add(port.address() + ":" + port.number());
                }
            }
        }
        NodeProcess sender =
                NodeProcess.start(
                        training.of("supervisor").host(), log.getParent(), log, Map.of(), command);
        if (!sender.awaitEnd(PATIENCE)) {
            sender.kill();
        }
        if (sender.exitCode() != 0) {
            throw new IllegalStateException(
                    "nobody heard the old frames: " + NodeProcess.read(log));
        }
    }

    /** The process of a role is started again from an older release, and then from this one. */
    static Fault process(String role) {
        return ProcessFaults.of(
                "a " + role + " of an older release",
                (training, random) -> {
                    Member member = training.of(role);
                    Orders.give(member.boards(), FaultAgent.PROCESS, FaultAgent.OLD_RELEASE, 0, 1);
                    boolean refused =
                            member.saysAfterRestart("start all processes from the same release");
                    member.again();
                    if (!refused) {
                        throw new IllegalStateException("the old " + role + " was not refused");
                    }
                });
    }
}
