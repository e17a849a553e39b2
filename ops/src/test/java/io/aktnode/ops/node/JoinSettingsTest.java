package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JoinSettingsTest {

    private static NodeSettings read(String role, List<Integer> join) {
        return NodeSettings.read(
                Settings.load(
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(
                                        "node.role", new Settings.Flag("--role", role),
                                        "node.join", new Settings.Flag("--join", join)))
                        .akt());
    }

    private static void assertRefused(String expected, String role, Integer... join) {
        String message =
                assertThrows(SettingsException.class, () -> read(role, List.of(join))).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void takesWidthsBesideTheRoleStudent() {
        assertEquals(List.of(4, 5), read("student", List.of(4, 5)).joins());
        assertEquals(List.of(), read("student", List.of()).joins());
    }

    @Test
    void refusesWhatCannotJoin() {
        assertRefused("widths of 2 to 8 bits, each once", "student", 9);
        assertRefused("widths of 2 to 8 bits, each once", "student", 4, 4);
        assertRefused("give --role=student too", "teacher", 4);
    }
}
