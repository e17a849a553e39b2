package io.aktnode.protocol.control;

/**
 * Where a role receives its frames. A sender on the same media driver needs no network; any other
 * uses the channel.
 *
 * @param host name or address of the receiver's machine
 * @param directory of the receiver's media driver; no two drivers that live at once share one
 * @param channel Aeron channel other media drivers reach it by
 * @param opening drawn whenever the role is made, so that addresses of one role before and after
 *     differ; frames from other machines are encrypted for this opening only
 */
public record DataAddress(String host, String directory, String channel, long opening)
        implements CborSerializable {}
