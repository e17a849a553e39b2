package io.aktnode.nn.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the implementation of the fused kernels once for the process. */
public final class Kernels {

    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
    private static final ElementwiseKernels PLAIN = new PlainKernels();
    private static final ElementwiseKernels FASTEST = choose();

    private Kernels() {}

    /** The Vector API's where the JVM was started with it, plain Java otherwise. */
    public static ElementwiseKernels fastest() {
        return FASTEST;
    }

    /** Plain Java, for machines without the Vector API and as the reference in tests. */
    public static ElementwiseKernels plain() {
        return PLAIN;
    }

    private static ElementwiseKernels choose() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            LOG.warn(
                    "Vector API absent, elementwise kernels run in plain Java, several times slower;"
                            + " start the JVM with --add-modules jdk.incubator.vector");
            return PLAIN;
        }
        try {
            // By name: the class is compiled apart and cannot be linked where the module is absent.
            return (ElementwiseKernels)
                    Class.forName("io.aktnode.nn.kernel.VectorKernels")
                            .getDeclaredConstructor()
                            .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.warn("Vector API unusable, elementwise kernels run in plain Java", e);
            return PLAIN;
        }
    }
}
