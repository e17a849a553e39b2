package io.aktnode.nn.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the implementation of the fused kernels once for the process. */
public final class Kernels {

    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
    private static final ElementwiseKernels PLAIN = new PlainKernels();
    private static final ElementwiseKernels FASTEST =
            choose(ElementwiseKernels.class, "VectorKernels", PLAIN);
    static final OptimizerKernels PLAIN_OPTIMIZER = new PlainOptimizerKernels();
    static final OptimizerKernels FASTEST_OPTIMIZER =
            choose(OptimizerKernels.class, "VectorOptimizerKernels", PLAIN_OPTIMIZER);
    static final GeneratorKernels PLAIN_GENERATOR = new PlainGeneratorKernels();
    static final GeneratorKernels FASTEST_GENERATOR =
            choose(GeneratorKernels.class, "VectorGeneratorKernels", PLAIN_GENERATOR);

    private Kernels() {}

    /** The Vector API's where the JVM was started with it, plain Java otherwise. */
    public static ElementwiseKernels fastest() {
        return FASTEST;
    }

    /** Plain Java, for machines without the Vector API and as the reference in tests. */
    public static ElementwiseKernels plain() {
        return PLAIN;
    }

    /**
     * An implementation by the Vector API, found by name because it is compiled apart and cannot be
     * linked where the module is absent; or the plain one.
     */
    static <T> T choose(Class<T> type, String vectorised, T plain) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            LOG.warn(
                    "Vector API absent, {} run in plain Java, several times slower;"
                            + " start the JVM with --add-modules jdk.incubator.vector",
                    type.getSimpleName());
            return plain;
        }
        try {
            Class<?> found = Class.forName(type.getPackageName() + "." + vectorised);
            return type.cast(found.getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.warn("Vector API unusable, {} run in plain Java", type.getSimpleName(), e);
            return plain;
        }
    }
}
