package io.aktnode.nn.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.Unpickler;

/**
 * Unpickles what {@code torch.save} writes for dictionaries of tensors, and nothing else.
 *
 * <p>Classes are looked up in this class's own closed list, not in the library's registry (which is
 * static and open), and instructions in a closed list too; what is outside is refused by name and
 * never constructed. Lengths are checked before memory is allocated for them, and instructions are
 * counted: a few packed kilobytes unpack to millions, each of which can make an object. One use,
 * one thread.
 */
final class TorchUnpickler extends Unpickler {

    /** A tensor takes about 45 of them. */
    private static final int MOST_INSTRUCTIONS = 1 << 20;

    /** As many as PyTorch allows itself; a shape can be used for many tensors. */
    private static final int MOST_DIMENSIONS = 64;

    /** Instructions the library may run as they are: constants, tuples, lists, memo. */
    private static final Set<Short> PLAIN =
            Set.of(
                    Opcodes.MARK,
                    Opcodes.STOP,
                    Opcodes.POP,
                    Opcodes.POP_MARK,
                    Opcodes.DUP,
                    Opcodes.BININT,
                    Opcodes.BININT1,
                    Opcodes.BININT2,
                    Opcodes.LONG1,
                    Opcodes.BINFLOAT,
                    Opcodes.NONE,
                    Opcodes.NEWTRUE,
                    Opcodes.NEWFALSE,
                    Opcodes.BINPERSID,
                    Opcodes.REDUCE,
                    Opcodes.NEWOBJ,
                    Opcodes.SHORT_BINSTRING,
                    Opcodes.BINUNICODE,
                    Opcodes.SHORT_BINUNICODE,
                    Opcodes.BINUNICODE8,
                    Opcodes.BINBYTES,
                    Opcodes.SHORT_BINBYTES,
                    Opcodes.BINBYTES8,
                    Opcodes.EMPTY_LIST,
                    Opcodes.APPEND,
                    Opcodes.APPENDS,
                    Opcodes.EMPTY_TUPLE,
                    Opcodes.TUPLE,
                    Opcodes.TUPLE1,
                    Opcodes.TUPLE2,
                    Opcodes.TUPLE3,
                    Opcodes.BINGET,
                    Opcodes.LONG_BINGET,
                    Opcodes.BINPUT,
                    Opcodes.LONG_BINPUT,
                    Opcodes.MEMOIZE,
                    Opcodes.PROTO,
                    Opcodes.FRAME);

    private final Path file;
    private final Map<String, Object> classes;
    private int instructions;

    /**
     * @param file only named in errors
     */
    TorchUnpickler(Path file) {
        this.file = file;
        this.classes =
                Map.of(
                        "collections.OrderedDict", constructor(TorchUnpickler::orderedDict),
                        "torch._utils._rebuild_tensor_v2", constructor(TorchUnpickler::tensor),
                        "torch._utils._rebuild_parameter",
                                constructor(arguments -> (TorchTensor) arguments[0]));
    }

    /** Maps, lists, strings, numbers, and {@link TorchTensor}s. */
    Object unpickle(byte[] pickle) {
        try {
            return load(new ByteArrayInputStream(pickle));
        } catch (ModelFileException e) {
            throw e;
        } catch (IOException | PickleException | IllegalArgumentException e) {
            throw damaged(": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // The library meets a damaged pickle with whatever it stumbles over: a failed cast, an
            // index outside an empty stack.
            throw damaged("", e);
        } finally {
            close();
        }
    }

    private ModelFileException damaged(String detail, Exception cause) {
        return new ModelFileException(
                file,
                "its pickle is damaged or holds something other than tensors"
                        + detail
                        + "; save it again with torch.save(model.state_dict(), path)",
                cause);
    }

    @Override
    protected Object dispatch(short key) throws IOException {
        if (++instructions > MOST_INSTRUCTIONS) {
            throw new ModelFileException(
                    file,
                    "its pickle has more than the limit of "
                            + MOST_INSTRUCTIONS
                            + " instructions; save only the network's state_dict");
        }
        switch (key) {
            case Opcodes.GLOBAL -> {
                String module = readLine();
                stack.add(resolve(module, readLine()));
            }
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                stack.add(resolve((String) stack.pop(), name));
            }
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<Object, Object>());
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                setItems(List.of(stack.pop(), value));
            }
            case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
            case Opcodes.BUILD -> skipAttributes();
            default -> {
                if (!PLAIN.contains(key)) {
                    throw new PickleException(
                            "instruction 0x" + Integer.toHexString(key) + " is not expected");
                }
                requireLength(key);
                return super.dispatch(key);
            }
        }
        return NO_RETURN_VALUE;
    }

    @Override
    protected Object persistentLoad(Object id) {
        Object[] parts = (Object[]) id;
        if (parts.length < 5 || !"storage".equals(parts[0])) {
            throw new PickleException("a persistent id is not that of a storage");
        }
        return new TorchStorage(
                (ElementType) parts[1], (String) parts[2], ((Number) parts[4]).longValue());
    }

    private Object resolve(String module, String name) {
        String className = module + "." + name;
        Object known = classes.get(className);
        if (known == null && module.equals("torch")) {
            known = ElementType.ofTorchStorage(name).orElse(null);
        }
        if (known == null) {
            throw new ModelFileException(
                    file,
                    "holds an object of class "
                            + className
                            + ", which is not constructed for safety, expected float tensors only;"
                            + " save it again with torch.save(model.state_dict(), path)");
        }
        return known;
    }

    /** Gives a lambda its type, which {@code Map.of} to objects cannot. */
    private static IObjectConstructor constructor(IObjectConstructor constructor) {
        return constructor;
    }

    /** Python 3 makes an empty one and sets its items afterwards. */
    private static Object orderedDict(Object[] arguments) {
        if (arguments.length > 0) {
            throw new PickleException("an OrderedDict is made of something");
        }
        return new LinkedHashMap<>();
    }

    /** Arguments: storage, offset, size, stride, requires_grad, hooks. */
    private static Object tensor(Object[] arguments) {
        Object[] size = (Object[]) arguments[2];
        Object[] stride = (Object[]) arguments[3];
        if (size.length > MOST_DIMENSIONS || stride.length > MOST_DIMENSIONS) {
            throw new PickleException(
                    "a tensor has more than the limit of " + MOST_DIMENSIONS + " dimensions");
        }
        int[] shape = new int[size.length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = Math.toIntExact(((Number) size[i]).longValue());
        }
        long[] strides = new long[stride.length];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = ((Number) stride[i]).longValue();
        }
        long offset = ((Number) arguments[1]).longValue();
        return new TorchTensor((TorchStorage) arguments[0], offset, shape, strides);
    }

    private void setItems(List<?> keysAndValues) {
        @SuppressWarnings("unchecked") // dictionaries are only made by this class
        Map<Object, Object> map = (Map<Object, Object>) stack.peek();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            put(map, keysAndValues.get(i), keysAndValues.get(i + 1));
        }
    }

    private static void put(Map<Object, Object> map, Object key, Object value) {
        // A container as key could contain itself, and hashing it would not end.
        if (!(key instanceof String || key instanceof Number)) {
            throw new PickleException("a dictionary key is neither a text nor a number");
        }
        map.put(key, value);
    }

    /** Python attributes of a dictionary ({@code _metadata}: module versions) are not needed. */
    private void skipAttributes() {
        stack.pop();
        if (!(stack.peek() instanceof Map)) {
            throw new PickleException("attributes are set on something other than a dictionary");
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0 || line.length() > 200) {
                throw new PickleException("a class name does not end");
            }
            line.append((char) c);
        }
        return new String(
                line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Refuses a text or byte string that is longer than what is left of the pickle. */
    private void requireLength(short key) throws IOException {
        int lengthBytes =
                switch (key) {
                    case Opcodes.BINUNICODE, Opcodes.BINBYTES -> 4;
                    case Opcodes.BINUNICODE8, Opcodes.BINBYTES8 -> 8;
                    default -> 0;
                };
        if (lengthBytes == 0) {
            return;
        }
        input.mark(lengthBytes);
        long length = 0;
        for (int i = 0; i < lengthBytes; i++) {
            length |= (input.read() & 0xFFL) << (8 * i);
        }
        if (length < 0 || length > input.available()) {
            throw new PickleException("a text of " + length + " bytes goes beyond the end");
        }
        input.reset();
    }
}
