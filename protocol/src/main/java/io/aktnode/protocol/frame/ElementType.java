package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.ElementTypeCode;

/** Type of a tensor's elements, little endian. */
public enum ElementType {
    FLOAT32(ElementTypeCode.FLOAT32),
    INT32(ElementTypeCode.INT32);

    private static final ElementType[] TYPES = values();

    private final ElementTypeCode code;

    ElementType(ElementTypeCode code) {
        this.code = code;
    }

    /** Bytes of one element. */
    public int bytes() {
        return Float.BYTES;
    }

    ElementTypeCode code() {
        return code;
    }

    /** The type with a code of the schema, or null. */
    static ElementType of(int code) {
        for (ElementType type : TYPES) {
            if (type.code.value() == code) {
                return type;
            }
        }
        return null;
    }
}
