package io.aktnode.actors.data;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.transfer.FileFetcher;
import io.aktnode.actors.transfer.FileOrder;
import io.aktnode.actors.transfer.FileSource;
import io.aktnode.actors.transfer.HeldFile;
import io.aktnode.nn.model.StateDict;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.RoleState;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A role's state on its way to a checkpoint and back. A role that does not see the checkpoint's
 * disk needs none of its own: what it saves is held in memory until the next time, what it takes
 * over lies in the temporary directory for a moment. The role's thread.
 */
public final class StateExchange implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateExchange.class);

    private final ActorContext<?> context;
    private final RoleId self;
    private final HeldFile held = new HeldFile();
    private ActorRef<FileProtocol.Request> source;
    private Path arriving;

    public StateExchange(ActorContext<?> context, RoleId self) {
        this.context = context;
        this.self = self;
    }

    /**
     * @param directory of the checkpoint; empty if the state is to be fetched
     */
    public SupervisorProtocol.Saved save(
            int incarnation, long step, String directory, StateDict state, GateState gate) {
        held.drop();
        return directory.isEmpty()
                ? StateFiles.hold(self, incarnation, step, held, source(), state, gate)
                : StateFiles.save(self, incarnation, step, directory, state, gate);
    }

    private ActorRef<FileProtocol.Request> source() {
        if (source == null) {
            source = FileSource.spawn(context, "state", held);
        }
        return source;
    }

    /**
     * Brings the state to begin with here.
     *
     * @param state empty if there is none to take over
     * @param onArrival told, perhaps on another thread, that it can be taken, or why it cannot;
     *     also when another one is to be brought by then, of which it knows by the incarnation
     */
    public void bring(Optional<RoleState> state, Consumer<Optional<String>> onArrival) {
        dropArriving();
        if (state.flatMap(RoleState::source).isEmpty()) {
            onArrival.accept(Optional.empty());
            return;
        }
        try {
            arriving = Files.createTempFile("akt-" + self + "-", ".safetensors");
        } catch (IOException e) {
            throw new CheckpointException(
                    "no room for the state of "
                            + self
                            + " in "
                            + System.getProperty("java.io.tmpdir")
                            + " ("
                            + e
                            + "); free space there or make it writable",
                    e);
        }
        RoleState there = state.get();
        FileFetcher.spawn(
                context,
                new FileOrder(there.source().get(), there.file(), there.sha256(), arriving),
                onArrival);
    }

    /**
     * Reads the state that {@link #bring} brought.
     *
     * @param problem what {@code onArrival} was told
     * @throws CheckpointException if it did not arrive
     */
    public StateDict take(RoleState state, Optional<String> problem) {
        try {
            problem.ifPresent(
                    why -> {
                        throw new CheckpointException("the state of " + self + ": " + why);
                    });
            return StateFiles.read(arriving == null ? Path.of(state.file()) : arriving);
        } finally {
            dropArriving();
        }
    }

    private void dropArriving() {
        if (arriving != null) {
            try {
                Files.deleteIfExists(arriving);
            } catch (IOException e) {
                LOG.warn("{} is left behind ({})", arriving, e.toString());
            }
            arriving = null;
        }
    }

    @Override
    public void close() {
        held.drop();
        dropArriving();
    }
}
