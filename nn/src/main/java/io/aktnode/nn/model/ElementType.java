package io.aktnode.nn.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Number formats found in model files; all become float32 (doubles and 64-bit integers are
 * rounded).
 */
enum ElementType {
    FLOAT32("F32", "FloatStorage", 4),
    FLOAT64("F64", "DoubleStorage", 8),
    FLOAT16("F16", "HalfStorage", 2),
    BFLOAT16("BF16", "BFloat16Storage", 2),
    INT64("I64", "LongStorage", 8);

    private final String safetensorsName;
    private final String torchStorage;
    private final int bytes;

    ElementType(String safetensorsName, String torchStorage, int bytes) {
        this.safetensorsName = safetensorsName;
        this.torchStorage = torchStorage;
        this.bytes = bytes;
    }

    static Optional<ElementType> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(t -> t.safetensorsName.equals(name)).findFirst();
    }

    static Optional<ElementType> ofTorchStorage(String className) {
        return Arrays.stream(values()).filter(t -> t.torchStorage.equals(className)).findFirst();
    }

    static String safetensorsNames() {
        return Arrays.stream(values())
                .map(ElementType::safetensorsName)
                .collect(Collectors.joining(", "));
    }

    String safetensorsName() {
        return safetensorsName;
    }

    /** Bytes of one element. */
    int bytes() {
        return bytes;
    }

    /** One element as float32; {@code index} counts elements from the buffer's start. */
    float get(ByteBuffer buffer, int index) {
        return switch (this) {
            case FLOAT32 -> buffer.getFloat(index * 4);
            case FLOAT64 -> (float) buffer.getDouble(index * 8);
            case FLOAT16 -> halfToFloat(buffer.getShort(index * 2));
            case BFLOAT16 -> Float.intBitsToFloat(buffer.getShort(index * 2) << 16);
            case INT64 -> buffer.getLong(index * 8);
        };
    }

    /** The first {@code count} elements as float32. */
    float[] toFloats(ByteBuffer buffer, int count) {
        float[] values = new float[count];
        if (this == FLOAT32) {
            // A bulk copy keeps every bit, those of NaNs too.
            buffer.duplicate().order(buffer.order()).rewind().asFloatBuffer().get(values);
            return values;
        }
        for (int i = 0; i < count; i++) {
            values[i] = get(buffer, i);
        }
        return values;
    }

    private static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >> 10) & 0x1F;
        int fraction = half & 0x3FF;
        if (exponent == 0x1F) {
            return Float.intBitsToFloat(sign | 0x7F800000 | fraction << 13);
        }
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
    }
}
