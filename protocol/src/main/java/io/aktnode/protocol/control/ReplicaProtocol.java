package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import java.util.Map;
import java.util.Optional;

/**
 * How copies of a run's checkpoints come to the disks of those who may lead, and back from there.
 */
public final class ReplicaProtocol {

    private ReplicaProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    public sealed interface Answer extends CborSerializable {}

    /**
     * This is the run's newest checkpoint; if there were later ones they are given up.
     *
     * @param sums content of its {@code SHA256SUMS}: which files it has, and their hashes
     * @param source has them as {@code step-00000400/manifest.json}
     */
    public record Offer(long step, String sums, ActorRef<FileProtocol.Request> source)
            implements Request {}

    /** Who is to lead asks for the newest checkpoint that is kept there. */
    public record Inquire(ActorRef<Kept> replyTo) implements Request {}

    /**
     * What is kept there.
     *
     * @param newest empty if no intact one is there
     */
    public record Kept(Optional<Keepsake> newest) implements Answer {}

    /**
     * An intact checkpoint on another process's disk.
     *
     * @param incarnation in which it was taken
     * @param settings of its run, as flat names and values
     */
    public record Keepsake(Offer offer, int incarnation, Map<String, String> settings) {}
}
