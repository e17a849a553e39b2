package io.aktnode.ops.job;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;

/** Starts the system of actors for one run; a test can put something smaller in its place. */
@FunctionalInterface
public interface Runs {

    /** Starts and returns at once. */
    Handle start(RunSpec spec, RoleFactory roles, RunListener listener);

    /** A run under way. */
    interface Handle {

        /** Waits for the end, cancelled or not. */
        RunOutcome await() throws InterruptedException;

        /** Asks for an early end after a last checkpoint; any thread; may be called twice. */
        void cancel();
    }
}
