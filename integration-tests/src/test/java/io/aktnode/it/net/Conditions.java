package io.aktnode.it.net;

import java.time.Duration;

/**
 * What happens to packets on a wire, each with its probability.
 *
 * @param loss of any packet
 * @param flip of a byte in the payload of a large UDP packet, unseen by UDP's checksum
 * @param late of any packet to be held back by {@code delay}, so that later ones overtake it
 * @param delay of all packets if {@code late} is 1
 */
public record Conditions(double loss, double flip, double late, Duration delay) {

    public static final Conditions CLEAN = new Conditions(0, 0, 0, Duration.ZERO);

    public static Conditions losing(double share) {
        return new Conditions(share, 0, 0, Duration.ZERO);
    }

    public static Conditions flipping(double share) {
        return new Conditions(0, share, 0, Duration.ZERO);
    }

    public static Conditions delaying(Duration delay) {
        return new Conditions(0, 0, 1, delay);
    }

    public static Conditions reordering(double share, Duration delay) {
        return new Conditions(0, 0, share, delay);
    }
}
