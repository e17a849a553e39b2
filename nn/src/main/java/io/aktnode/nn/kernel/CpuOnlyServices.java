package io.aktnode.nn.kernel;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.nd4j.common.config.ND4JClassLoading;

/**
 * Hides ND4J's CUDA backend from its service lookup: of the backends on the class path ND4J would
 * prefer it, and only an environment variable could tell it otherwise.
 */
final class CpuOnlyServices extends ClassLoader {

    private static final String BACKENDS = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

    private CpuOnlyServices(ClassLoader parent) {
        super(parent);
    }

    static void install() {
        ND4JClassLoading.setNd4jClassloader(
                new CpuOnlyServices(CpuOnlyServices.class.getClassLoader()));
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> found = super.getResources(name);
        if (!name.equals(BACKENDS)) {
            return found;
        }
        List<URL> kept =
                Collections.list(found).stream()
                        .filter(url -> !url.toString().contains("nd4j-cuda"))
                        .toList();
        return Collections.enumeration(kept);
    }
}
