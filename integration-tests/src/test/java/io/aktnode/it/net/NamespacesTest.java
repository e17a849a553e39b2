package io.aktnode.it.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aktnode.it.net.Hosts.Host;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NamespacesTest {

    /** A host that is reached refuses a port nobody listens on. */
    private static boolean reaches(Host from, Host to) {
        try {
            Commands.run(
                    "ip",
                    "netns",
                    "exec",
                    from.name(),
                    "timeout",
                    "3",
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/" + to.address() + "/9");
            return true;
        } catch (IllegalStateException e) {
            return e.getMessage().contains("refused");
        }
    }

    @Test
    void hostsReachOneAnotherUntilTheWireIsCutAndAgainWhenItIsHealed() {
        assumeTrue(Namespaces.possible(), "no namespaces here");
        try (Namespaces namespaces = Namespaces.make(3)) {
            Host one = namespaces.all().get(0);
            Host two = namespaces.all().get(1);
            Host three = namespaces.all().get(2);
            Wire wire = namespaces.wire().orElseThrow();
            assertTrue(reaches(one, two));

            wire.cut(one, two);
            assertFalse(reaches(one, two));
            assertTrue(reaches(one, three));

            wire.heal();
            assertTrue(reaches(two, one));

            wire.conditions(Conditions.losing(1));
            assertFalse(reaches(one, three));

            wire.conditions(Conditions.delaying(Duration.ofMillis(20)));
            assertTrue(reaches(one, three));
            assertTrue(wire.harmed() >= 3);
        }
    }

    @Test
    void nothingIsLeftBehind() {
        assumeTrue(Namespaces.possible(), "no namespaces here");
        String name;
        try (Namespaces namespaces = Namespaces.make(1)) {
            name = namespaces.all().get(0).name();
            assertTrue(Commands.run("ip", "netns", "list").contains(name));
        }

        assertFalse(Commands.run("ip", "netns", "list").contains(name));
    }
}
