package io.aktnode.actors.supervisor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointShelf;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.transfer.FileFetcher;
import io.aktnode.actors.transfer.FileOrder;
import io.aktnode.actors.transfer.FileSource;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.RoleState;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.SupervisorProtocol.Saved;
import io.aktnode.protocol.frame.RoleId;
import java.util.Optional;

/**
 * Lets the states of roles in other processes travel to the checkpoints on this one's disk and
 * back; those in this process write and read the files themselves. The supervisor's thread.
 */
final class StateTravel {

    private final ActorContext<SupervisorProtocol.Command> context;
    private final CheckpointStore store;
    private final Crew crew;
    private ActorRef<FileProtocol.Request> source;

    StateTravel(
            ActorContext<SupervisorProtocol.Command> context, CheckpointStore store, Crew crew) {
        this.context = context;
        this.store = store;
        this.crew = crew;
    }

    /** A role's state in a checkpoint, as that role can come by it. */
    RoleState of(Checkpoint checkpoint, RoleId role) {
        String file = StateFiles.file(role);
        boolean here = crew.isHere(role);
        return new RoleState(
                here
                        ? checkpoint.file(file).toString()
                        : CheckpointShelf.name(checkpoint.step(), file),
                checkpoint.manifest().files().get(file),
                here ? Optional.empty() : Optional.of(source()),
                checkpoint.manifest().gates().get(StateFiles.name(role)));
    }

    private ActorRef<FileProtocol.Request> source() {
        if (source == null) {
            source = FileSource.spawn(context, "states", new CheckpointShelf(store.directory()));
        }
        return source;
    }

    /**
     * Fetches a state into the checkpoint that is being written; then the supervisor is told that
     * it is saved, or why it is not. Names that come from the other process lead nowhere here.
     */
    void fetch(Saved held, long step) {
        String file = StateFiles.file(held.role());
        ActorRef<SupervisorProtocol.Command> self = context.getSelf();
        FileFetcher.spawn(
                context,
                new FileOrder(
                        held.source().orElseThrow(),
                        held.file(),
                        held.sha256(),
                        store.writing(step).resolve(file)),
                problem -> self.tell(problem.map(why -> lost(held, why)).orElse(here(held, file))));
    }

    private static Saved lost(Saved held, String why) {
        return Saved.failed(held.role(), held.incarnation(), held.step(), held.gate(), why);
    }

    private static Saved here(Saved held, String file) {
        return new Saved(
                held.role(),
                held.incarnation(),
                held.step(),
                file,
                held.sha256(),
                true,
                held.gate());
    }
}
