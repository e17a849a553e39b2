package io.aktnode.it.campaign;

import io.aktnode.it.agent.Orders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * Harm that the agent does inside a role's process.
 *
 * @param times how many calls in a row are harmed
 */
record RoleHarm(String name, String role, String harm, double value, int times) implements Fault {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    static RoleHarm once(String name, String role, String harm, double value) {
        return new RoleHarm(name, role, harm, value, 1);
    }

    @Override
    public void inject(Training training, Random random) throws Exception {
        Path boards = training.of(role).boards();
        Orders.give(boards, role, harm, value, times);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Orders.done(boards, role, harm)) {
            if (training.over() || System.nanoTime() > end) {
                throw new IllegalStateException("the " + role + " never met " + name);
            }
            Thread.sleep(10);
        }
    }
}
