package io.aktnode.actors.transfer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.aktnode.protocol.control.FileProtocol;
import java.io.IOException;

/**
 * Sends parts of a shelf's files to whoever fetches them. It keeps nothing of anybody, so one that
 * is slow or has died costs nothing here.
 */
public final class FileSource {

    private FileSource() {}

    /** Starts one as a child, on a dispatcher where reading files may block. */
    public static ActorRef<FileProtocol.Request> spawn(
            ActorContext<?> parent, String name, Shelf shelf) {
        return parent.spawn(create(shelf), name, DispatcherSelector.blocking()).narrow();
    }

    static Behavior<FileProtocol.Command> create(Shelf shelf) {
        return Behaviors.receive(FileProtocol.Command.class)
                .onMessage(
                        FileProtocol.Fetch.class,
                        fetch -> {
                            fetch.replyTo().tell(answer(shelf, fetch));
                            return Behaviors.same();
                        })
                .build();
    }

    private static FileProtocol.Answer answer(Shelf shelf, FileProtocol.Fetch fetch) {
        if (fetch.offset() < 0) {
            return new FileProtocol.Unavailable(
                    fetch.file(), "offset=" + fetch.offset() + ", expected 0 or more");
        }
        try {
            Shelf.Slice slice = shelf.read(fetch.file(), fetch.offset(), FileProtocol.PART_BYTES);
            return new FileProtocol.Part(
                    fetch.file(), fetch.offset(), slice.length(), slice.bytes());
        } catch (IOException e) {
            return new FileProtocol.Unavailable(fetch.file(), String.valueOf(e.getMessage()));
        }
    }
}
