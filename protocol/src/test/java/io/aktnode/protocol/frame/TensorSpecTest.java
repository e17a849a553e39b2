package io.aktnode.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TensorSpecTest {

    @Test
    void knowsItsBytes() {
        assertEquals(4, TensorSpec.float32().byteLength());
        assertEquals(0, TensorSpec.int32(3, 0, 5).byteLength());
        assertEquals(200 * 32 * 32 * 3 * 4, TensorSpec.float32(200, 32, 32, 3).byteLength());
    }

    @Test
    void refusesShapesThatCannotTravel() {
        IllegalArgumentException negative =
                assertThrows(IllegalArgumentException.class, () -> TensorSpec.float32(2, -1));
        assertEquals(
                "shape [2, -1] must have at most 6 extents, none negative, and fit 2 GB",
                negative.getMessage());
        assertThrows(IllegalArgumentException.class, () -> TensorSpec.float32(1, 1, 1, 1, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> TensorSpec.float32(1 << 16, 1 << 16));
    }

    @Test
    void isEqualByTypeAndShape() {
        int[] shape = {2, 3};
        TensorSpec spec = TensorSpec.float32(shape);
        shape[0] = 9;

        assertArrayEquals(new int[] {2, 3}, spec.shape());
        assertEquals(TensorSpec.float32(2, 3), spec);
        assertEquals(TensorSpec.float32(2, 3).hashCode(), spec.hashCode());
        assertNotEquals(TensorSpec.int32(2, 3), spec);
        assertNotEquals(TensorSpec.float32(3, 2), spec);
        assertEquals("float32[2, 3]", spec.toString());
    }

    @Test
    void rolesHaveStreamsOfTheirOwn() {
        Set<Integer> streams = new HashSet<>();
        streams.add(RoleId.GENERATOR.streamId());
        streams.add(RoleId.TEACHER.streamId());
        for (int i = 0; i < 1000; i++) {
            streams.add(RoleId.student(i).streamId());
        }

        assertEquals(1002, streams.size());
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> RoleId.student(1000));
        assertEquals("instance=1000 of STUDENT must be 0 to 999", thrown.getMessage());
    }
}
