package io.aktnode.it.campaign;

import io.aktnode.it.net.Conditions;
import io.aktnode.it.net.Wire;
import io.aktnode.protocol.frame.DropReason;
import java.time.Duration;
import java.util.Random;

/** What happens to processes and to the network between them. */
final class ProcessFaults {

    private static final Duration SHORT_PARTITION = Duration.ofSeconds(4);

    private ProcessFaults() {}

    @FunctionalInterface
    interface Injection {
        void inject(Training training, Random random) throws Exception;
    }

    private record Simple(String name, Injection injection) implements Fault {
        @Override
        public void inject(Training training, Random random) throws Exception {
            injection.inject(training, random);
        }
    }

    private record OnWire(String name, Injection injection) implements Fault {
        @Override
        public boolean possible(Training training) {
            return training.hosts().wire().isPresent() && training.members().size() > 1;
        }

        @Override
        public void inject(Training training, Random random) throws Exception {
            Wire wire = training.hosts().wire().orElseThrow();
            long harmed = wire.harmed();
            try {
                injection.inject(training, random);
            } finally {
                wire.heal();
            }
            if (wire.harmed() == harmed) {
                throw new IllegalStateException("no packet was there to be harmed by " + name);
            }
        }
    }

    static Fault of(String name, Injection injection) {
        return new Simple(name, injection);
    }

    /** {@code kill -9}; the process is started again after one to three seconds. */
    static Fault kill(String role) {
        return of(
                "kill -9 of the " + role,
                (training, random) ->
                        training.of(role).kill(Duration.ofMillis(1000 + random.nextInt(2000))));
    }

    static Fault pause(String role, int fromSeconds, int toSeconds) {
        return of(
                "SIGSTOP of the " + role + " for " + range(fromSeconds, toSeconds) + " s",
                (training, random) -> {
                    Member member = training.of(role);
                    int seconds = fromSeconds + random.nextInt(toSeconds - fromSeconds + 1);
                    member.signal("STOP");
                    try {
                        Thread.sleep(1000L * seconds);
                    } finally {
                        member.signal("CONT");
                    }
                });
    }

    private static String range(int from, int to) {
        return from == to ? Integer.toString(from) : from + " to " + to;
    }

    /** Two hosts do not hear one another; the others hear both. */
    static Fault partition(String one, String other, Duration duration) {
        return new OnWire(
                "partition " + one + " | " + other + " for " + duration.toSeconds() + " s",
                (training, random) -> {
                    training.hosts()
                            .wire()
                            .orElseThrow()
                            .cut(training.of(one).host(), training.of(other).host());
                    Thread.sleep(duration.toMillis());
                });
    }

    /** One host does not hear any other. */
    static Fault isolation(String role) {
        return new OnWire(
                "the " + role + " cut off for " + SHORT_PARTITION.toSeconds() + " s",
                (training, random) -> {
                    Member cut = training.of(role);
                    for (Member member : training.members()) {
                        if (member != cut) {
                            training.hosts().wire().orElseThrow().cut(cut.host(), member.host());
                        }
                    }
                    Thread.sleep(SHORT_PARTITION.toMillis());
                });
    }

    /** Somebody must have noticed, or something wrong may have been taken for right. */
    static Fault damage(String name, Conditions conditions, Duration duration) {
        return new OnWire(
                name,
                (training, random) -> {
                    long before = refused(training);
                    training.hosts().wire().orElseThrow().conditions(conditions);
                    Thread.sleep(duration.toMillis());
                    if (refused(training) == before) {
                        throw new IllegalStateException("no damaged frame was refused");
                    }
                });
    }

    private static long refused(Training training) {
        return training.members().stream()
                .flatMap(member -> member.output().lines())
                .filter(line -> line.contains("(" + DropReason.CORRUPTED + ")"))
                .count();
    }

    static Fault network(String name, Conditions conditions, Duration duration) {
        return new OnWire(
                name,
                (training, random) -> {
                    training.hosts().wire().orElseThrow().conditions(conditions);
                    Thread.sleep(duration.toMillis());
                });
    }
}
