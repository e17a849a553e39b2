package io.aktnode.nn.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of golden numbers, computed by an independent PyTorch implementation.
 *
 * <p>They come from the tests' resources, or from the folder named by the system property {@code
 * akt.golden}. Tests carry the tag {@code golden} and derive depth, classes, batch size and bit
 * width from shapes and file names, so that they hold on another folder of the same layout. Layouts
 * are PyTorch's: convolution weights (out,in,kH,kW), dense (out,in), images (N,C,H,W).
 */
public final class Golden {

    /** Bound on the relative error of losses and logits. */
    public static final double LOSS_TOLERANCE = 1e-4;

    /** Bound on the error of a gradient relative to its norm. */
    public static final double GRADIENT_TOLERANCE = 1e-3;

    private static final Pattern BITS = Pattern.compile("_(\\d+)bit");

    private final String file;
    private final Map<String, NpzFile.Entry> entries;

    private Golden(Path path) {
        this.file = path.getFileName().toString();
        this.entries = NpzFile.read(path);
    }

    /** Opens a file such as {@code teacher.npz}. */
    public static Golden open(String file) {
        return new Golden(folder().resolve(file));
    }

    /** Every {@code student_<k>bit.npz}; at least one. */
    public static List<Golden> students() {
        try (var files = Files.list(folder())) {
            List<Golden> students =
                    files.filter(
                                    path ->
                                            path.getFileName()
                                                    .toString()
                                                    .matches("student_\\d+bit\\.npz"))
                            .sorted()
                            .map(Golden::new)
                            .toList();
            if (students.isEmpty()) {
                throw new IllegalArgumentException("no student_<k>bit.npz in " + folder());
            }
            return students;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        String named = System.getProperty("akt.golden", "");
        if (named.isEmpty()) {
            try {
                return Path.of(Golden.class.getResource("/golden").toURI());
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        // Maven runs the tests in the module's folder; who typed a relative name was one above.
        Path here = Path.of(named);
        return Files.isDirectory(here) ? here : Path.of("..").resolve(named);
    }

    /** The bit width k of a name that contains {@code _<k>bit}: an array's or a file's. */
    public static int bitsOf(String name) {
        Matcher matcher = BITS.matcher(name);
        if (!matcher.find()) {
            throw new IllegalArgumentException(name + " names no bit width");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** The bit width of this file's name. */
    public int bits() {
        return bitsOf(file);
    }

    public Set<String> names() {
        return entries.keySet();
    }

    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    public int[] shape(String name) {
        return entry(name).shape().clone();
    }

    public FloatArray array(String name) {
        return entry(name).toFloats();
    }

    public float[] floats(String name) {
        return array(name).values();
    }

    public double scalar(String name) {
        return entry(name).values()[0];
    }

    public int[] ints(String name) {
        return Arrays.stream(entry(name).values()).mapToInt(value -> (int) value).toArray();
    }

    public String text(String name) {
        return entry(name).text().orElseThrow();
    }

    /** All arrays whose names start with {@code prefix}, which is cut off. */
    public StateDict state(String prefix) {
        StateDict state = new StateDict();
        entries.forEach(
                (name, entry) -> {
                    if (name.startsWith(prefix)) {
                        state.put(name.substring(prefix.length()), entry.toFloats());
                    }
                });
        return state;
    }

    /** A float32 tensor of the array's own shape; the caller closes it. */
    public Tensor tensor(String name) {
        return Tensor.of(floats(name), shape(name));
    }

    /** An int32 tensor of the array's own shape; the caller closes it. */
    public Tensor intTensor(String name) {
        int[] values = ints(name);
        Tensor tensor = Tensor.allocateInts(shape(name));
        for (int i = 0; i < values.length; i++) {
            tensor.setInt(i, values[i]);
        }
        return tensor;
    }

    /** An (N,C,H,W) array as an (N,H,W,C) tensor; the caller closes it. */
    public Tensor nhwc(String name) {
        int[] nchw = shape(name);
        int channels = nchw[1];
        int pixels = nchw[2] * nchw[3];
        float[] from = floats(name);
        float[] to = new float[from.length];
        for (int n = 0; n < nchw[0]; n++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    to[(n * pixels + p) * channels + c] = from[(n * channels + c) * pixels + p];
                }
            }
        }
        return Tensor.of(to, nchw[0], nchw[2], nchw[3], channels);
    }

    /** An (N,H,W,C) tensor's elements in (N,C,H,W) order, as the files have them. */
    public static float[] nchw(Tensor nhwc) {
        int channels = nhwc.extent(3);
        int pixels = nhwc.extent(1) * nhwc.extent(2);
        float[] from = nhwc.toFloats();
        float[] to = new float[from.length];
        for (int n = 0; n < nhwc.extent(0); n++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    to[(n * channels + c) * pixels + p] = from[(n * pixels + p) * channels + c];
                }
            }
        }
        return to;
    }

    /** Asserts that a loss equals the file's up to {@link #LOSS_TOLERANCE}. */
    public void assertLoss(String name, double actual) {
        double expected = scalar(name);
        assertEquals(expected, actual, LOSS_TOLERANCE * Math.abs(expected), file + " " + name);
    }

    /** Asserts {@code ‖actual - file‖₂ ≤ tolerance·‖file‖₂}. */
    public void assertClose(String name, float[] actual, double tolerance) {
        float[] expected = floats(name);
        assertEquals(expected.length, actual.length, file + " " + name + " has another size");
        double bound = tolerance * norm(expected);
        double error = distance(expected, actual);
        // Written so that a NaN fails too.
        if (!(error <= bound)) {
            throw new AssertionError(
                    file + " " + name + " is off by " + error + " in norm, allowed is " + bound);
        }
    }

    public void assertGradient(String name, float[] actual) {
        assertClose(name, actual, GRADIENT_TOLERANCE);
    }

    public static double norm(float[] values) {
        return distance(values, new float[values.length]);
    }

    public static double distance(float[] left, float[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            double difference = (double) left[i] - right[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private NpzFile.Entry entry(String name) {
        NpzFile.Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    name + " is not in " + file + "; present are " + entries.keySet());
        }
        return entry;
    }

    /** The file's name, as a parameterised test shows it. */
    @Override
    public String toString() {
        return file;
    }
}
