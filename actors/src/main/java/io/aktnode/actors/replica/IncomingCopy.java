package io.aktnode.actors.replica;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointCopies;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointShelf;
import io.aktnode.actors.transfer.FileOrder;
import io.aktnode.protocol.control.ReplicaProtocol;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/** A checkpoint on its way to this process's disk, file by file. One thread. */
final class IncomingCopy {

    private final CheckpointCopies copies;
    private final ReplicaProtocol.Offer offer;
    private final Deque<Map.Entry<String, String>> files;

    /**
     * @throws CheckpointException if what is offered is no checkpoint, or nothing can be written
     */
    IncomingCopy(CheckpointCopies copies, ReplicaProtocol.Offer offer) {
        this.copies = copies;
        this.offer = offer;
        this.files = new ArrayDeque<>(copies.begin(offer.step(), offer.sums()).entrySet());
    }

    ReplicaProtocol.Offer offer() {
        return offer;
    }

    /** What is to be fetched next; empty when all files are here. */
    Optional<FileOrder> next() {
        return Optional.ofNullable(files.poll())
                .map(
                        file ->
                                new FileOrder(
                                        offer.source(),
                                        CheckpointShelf.name(offer.step(), file.getKey()),
                                        file.getValue(),
                                        copies.writing().resolve(file.getKey())));
    }

    /**
     * All files are here: from now on the copy counts.
     *
     * @throws CheckpointException if it is not what it was said to be
     */
    Checkpoint complete() {
        return copies.complete(offer.step(), offer.sums());
    }
}
