package io.aktnode.actors.transfer;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.FileProtocol;

/** Sources for the tests of those who fetch. */
public final class FileSources {

    private FileSources() {}

    public static ActorRef<FileProtocol.Request> spawn(ActorTestKit kit, Shelf shelf) {
        return kit.spawn(FileSource.create(shelf)).narrow();
    }
}
