package io.aktnode.nn.kernel;

/** Restricts ND4J's CUDA backend to one card; its classes are there in a CUDA build only. */
final class CudaSelection {

    private static final String ENVIRONMENT = "org.nd4j.jita.conf.CudaEnvironment";

    private CudaSelection() {}

    static void use(int index) {
        try {
            Object environment = Class.forName(ENVIRONMENT).getMethod("getInstance").invoke(null);
            Object configuration =
                    environment.getClass().getMethod("getConfiguration").invoke(environment);
            configuration
                    .getClass()
                    .getMethod("useDevice", Integer.class)
                    .invoke(configuration, index);
        } catch (ReflectiveOperationException e) {
            throw new Device.UnusableException(
                    "cuda:" + index + " cannot be selected (" + e + "); choose --device cpu");
        }
    }
}
