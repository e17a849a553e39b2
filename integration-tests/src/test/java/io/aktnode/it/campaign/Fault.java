package io.aktnode.it.campaign;

import java.util.Random;

/** Something that goes wrong in a training. */
interface Fault {

    /** As it stands in the table. */
    String name();

    /** Whether it can be brought about here: on this machine, by this user, in this layout. */
    default boolean possible(Training training) {
        return true;
    }

    /**
     * Brings it about. Returns when it is over: when the process is dead, the net healed, the
     * number spoilt; not when the training has got over it.
     *
     * @throws IllegalStateException if it could not be brought about, so that nothing was proved
     */
    void inject(Training training, Random random) throws Exception;
}
