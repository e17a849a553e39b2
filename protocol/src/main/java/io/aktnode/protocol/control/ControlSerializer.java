package io.aktnode.protocol.control;

import akka.actor.ExtendedActorSystem;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import akka.serialization.jackson.JacksonSerializer;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import scala.Some;

/**
 * Akka's CBOR serializer without decompression. Our messages are small and never compressed, and
 * what claims to be compressed names the memory to unpack it to: a few bytes could ask for 2 GB.
 *
 * <p>Made by Akka from {@code reference.conf}. Any thread.
 */
public final class ControlSerializer extends JacksonSerializer {

    /**
     * @param bindingName under which the configuration names it
     */
    public ControlSerializer(ExtendedActorSystem system, String bindingName) {
        super(
                system,
                bindingName,
                JacksonObjectMapperProvider.get(system)
                        .getOrCreate(bindingName, Some.apply(new CBORFactory())));
    }

    /**
     * The bytes as they are.
     *
     * @throws IllegalArgumentException if they are compressed; Akka logs it and drops the message
     */
    @Override
    public byte[] decompress(byte[] bytes) {
        if (isLZ4(bytes) || isGZipped(bytes)) {
            throw new IllegalArgumentException(
                    "a control message of "
                            + bytes.length
                            + " bytes is compressed, expected plain CBOR; set"
                            + " akka.serialization.jackson.akt-cbor.compression.algorithm ="
                            + " off at its sender");
        }
        return bytes;
    }
}
