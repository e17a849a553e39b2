package io.aktnode.nn.kernel;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The oneDNN library itself, beside the older one inside libnd4j: primitives are built once and
 * weights stay in the order it wants, where libnd4j's operations look both up again in every call.
 *
 * <p>It computes on the CPU, so with another ND4J backend, and where the library does not load,
 * libnd4j's operations serve.
 */
final class OneDnn {

    private static final Logger log = LoggerFactory.getLogger(OneDnn.class);

    /** {@code -Dakt.onednn=false} leaves it out, to compare. */
    private static final String SWITCH = "akt.onednn";

    private static final String CPU_BACKEND = "CpuBackend";

    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();

    private OneDnn() {
        Loader.load(dnnl.class);
        check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "an engine for the CPU");
        check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_in_order), "a stream");
    }

    private static final class Holder {
        private static final OneDnn INSTANCE = start();

        private static OneDnn start() {
            Backend.start();
            boolean cpu = Nd4j.getBackend().getClass().getSimpleName().equals(CPU_BACKEND);
            if (!cpu || !Boolean.parseBoolean(System.getProperty(SWITCH, "true"))) {
                return null;
            }
            try {
                return new OneDnn();
            } catch (LinkageError | RuntimeException e) {
                log.warn("oneDNN does not load ({}); slower convolutions serve", e.toString());
                return null;
            }
        }
    }

    static boolean available() {
        return Holder.INSTANCE != null;
    }

    /** Only where {@link #available}. */
    static OneDnn instance() {
        return Holder.INSTANCE;
    }

    /** Version, for people. */
    String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    dnnl_engine engine() {
        return engine;
    }

    /** On the CPU a primitive runs on the thread that executes it, so all threads share one. */
    dnnl_stream stream() {
        return stream;
    }

    static void check(int status, String what) {
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN refuses " + what + " (status " + status + ")");
        }
    }
}
