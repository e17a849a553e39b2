package io.aktnode.actors.generator;

/** Notices that nothing is heard any more of batches under way. One thread. */
final class Silence {

    /** What is to be done at a tick. */
    enum Answer {
        WAIT,
        SEND_AGAIN,
        /** To another teacher, as several sendings were in vain. */
        SEND_TO_OTHERS,
        GIVE_UP
    }

    /** Silent ticks after which a student is no longer waited for when its images are gone. */
    private static final int PATIENCE_AFTER_UPDATE = 3;

    /** A teacher that is slow should not lose a batch it is at work on. */
    private static final int PATIENCE_WITH_TEACHER = 3;

    private final int patience;
    private boolean broken;
    private int ticks;

    /**
     * @param patience silent ticks that are answered by sending again
     */
    Silence(int patience) {
        this.patience = patience;
    }

    void restart() {
        ticks = 0;
    }

    /** Something was heard. */
    void broken() {
        broken = true;
    }

    Answer tick(FlightWindow flights) {
        if (flights.isEmpty() || broken) {
            broken = false;
            ticks = 0;
            return Answer.WAIT;
        }
        ticks++;
        boolean updated = flights.oldest().updated;
        if (ticks <= (updated ? Math.min(PATIENCE_AFTER_UPDATE, patience) : patience)) {
            return ticks % PATIENCE_WITH_TEACHER == 0 ? Answer.SEND_TO_OTHERS : Answer.SEND_AGAIN;
        }
        ticks = 0;
        return Answer.GIVE_UP;
    }
}
