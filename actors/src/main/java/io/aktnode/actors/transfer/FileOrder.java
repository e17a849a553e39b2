package io.aktnode.actors.transfer;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.FileProtocol;
import java.nio.file.Path;

/**
 * A file to be fetched.
 *
 * @param source has it
 * @param file the name under which the source knows it
 * @param sha256 its hash, lower-case hexadecimal
 * @param target where it is written; replaced if it is there
 */
public record FileOrder(
        ActorRef<FileProtocol.Request> source, String file, String sha256, Path target) {}
