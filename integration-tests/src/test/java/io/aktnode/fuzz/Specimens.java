package io.aktnode.fuzz;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.frame.FrameKey;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Valid messages made from their types alone, so that new messages are fuzzed without a word. */
final class Specimens {

    private final ActorRef<?> ref;

    Specimens(ActorRef<?> ref) {
        this.ref = ref;
    }

    /** One of each record that a sealed interface permits. */
    List<Object> permitted(Class<?> sealed) {
        List<Object> specimens = new ArrayList<>();
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                specimens.addAll(permitted(permitted));
            } else {
                specimens.add(of(permitted));
            }
        }
        return specimens;
    }

    private Object of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] of = generic.getActualTypeArguments();
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Optional.class) {
                return Optional.of(of(of[0]));
            } else if (raw == List.class) {
                return List.of(of(of[0]));
            } else if (raw == Set.class) {
                return Set.of(of(of[0]));
            } else if (raw == Map.class) {
                return Map.of(of(of[0]), of(of[1]));
            } else if (raw == ActorRef.class) {
                return ref;
            }
        } else if (type instanceof Class<?> plain) {
            return of(plain);
        }
        throw new IllegalArgumentException("no specimen of " + type);
    }

    private Object of(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return 2;
        } else if (type == long.class || type == Long.class) {
            return 1L << 40;
        } else if (type == double.class || type == Double.class) {
            return 0.75;
        } else if (type == boolean.class || type == Boolean.class) {
            return true;
        } else if (type == String.class) {
            return "a text";
        } else if (type == byte[].class) {
            return new byte[] {1, 2, 3};
        } else if (type == ByteBuffer.class) {
            return ByteBuffer.wrap(new byte[] {1, 2, 3});
        } else if (type == FrameKey.class) {
            return FrameKey.of(new byte[FrameKey.BYTES]);
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        } else if (type.isRecord()) {
            return record(type);
        }
        throw new IllegalArgumentException("no specimen of " + type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components).map(c -> of(c.getGenericType())).toArray();
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            return canonical.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot make a " + type, e);
        }
    }
}
