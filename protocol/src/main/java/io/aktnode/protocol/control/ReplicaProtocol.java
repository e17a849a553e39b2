package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;

/** What a process is told that keeps copies of the checkpoints of the one that leads. */
public final class ReplicaProtocol {

    private ReplicaProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * This is the run's newest checkpoint; if there were later ones they are given up.
     *
     * @param sums content of its {@code SHA256SUMS}: which files it has, and their hashes
     * @param source has them as {@code step-00000400/manifest.json}
     */
    public record Offer(long step, String sums, ActorRef<FileProtocol.Request> source)
            implements Request {}
}
