package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LeftBehindTest {

    private final LeftBehind leftBehind = new LeftBehind(2);

    private OptionalInt tick() {
        return leftBehind.tick(List.of(0, 1));
    }

    private void report(RoleId role, UpdateDecision decision) {
        leftBehind.heard(
                new StepReport(
                        role,
                        0,
                        7,
                        Map.of(),
                        Map.of(),
                        UpdateReport.without(decision, "why"),
                        0,
                        0));
    }

    @Test
    void findsTheOneThatGetsThroughNothing() {
        for (int tick = 0; tick < 2; tick++) {
            report(RoleId.student(0), UpdateDecision.NONE);
            report(RoleId.student(1), UpdateDecision.DISCARDED);
            report(RoleId.GENERATOR, UpdateDecision.APPLIED);
            assertEquals(OptionalInt.empty(), tick());
        }
        report(RoleId.student(0), UpdateDecision.SKIPPED);

        assertEquals(OptionalInt.of(1), tick());
        assertEquals(OptionalInt.empty(), tick());
    }

    @Test
    void beginsAnewWithEachIncarnation() {
        tick();
        tick();
        leftBehind.restart();

        assertEquals(OptionalInt.empty(), tick());
    }
}
