package io.aktnode.ops.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aktnode.nn.train.TrainingConfig;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The one line of {@code --json}: seconds, bytes and operations, no rounding to units. */
public final class BenchJson {

    private BenchJson() {}

    /** Of training steps. */
    public static String line(BenchResult result) {
        ObjectNode root = object();
        StepFigures system = result.system();
        put(root, system.step());
        put(root, "images_per_s", result.imagesPerSecond());
        root.put("batch", result.spec().training().batchSize());
        configuration(result.spec(), root);
        phases(result, root.putObject("roles"));
        put(root, "gflop_per_step", result.flopsPerStep() / 1e9);
        put(root, "gflops", result.flopsPerSecond() / 1e9);
        put(root, "peak_gflops", result.peak().flopsPerSecond() / 1e9);
        put(root, "peak_share", result.flopsPerSecond() / result.peak().flopsPerSecond());
        ObjectNode waiting = root.putObject("waiting");
        put(waiting, "nobody_computes_s", system.idle());
        system.busy()
                .forEach((role, busy) -> put(waiting, role + "_s", system.step().mean() - busy));
        ObjectNode transport = root.putObject("transport");
        put(transport, "bytes_per_step", system.bytesMoved());
        transport(result.transport(), transport.putObject("ipc"));
        ObjectNode memory = root.putObject("memory");
        put(memory, "rss_bytes", result.memory().residentBytes());
        put(memory, "peak_bytes", result.memory().peakBytes());
        memory.put("tensor_bytes", result.memory().tensorBytes());
        memory.put("heap_bytes", result.memory().heapBytes());
        ObjectNode trained = root.putObject("trained_share");
        result.trainedShares().forEach((student, share) -> put(trained, student, share));
        ObjectNode plain = root.putObject("plain");
        put(plain, result.plain());
        put(root, "overhead_percent", result.overheadPercent());
        put(root, "checkpoint_s", system.checkpoint());
        root.put("checkpoint_every_steps", result.spec().checkpointEverySteps());
        root.put("interventions", result.interventions().size());
        put(root, "load_before", result.load());
        return root.toString();
    }

    /** Of the transport alone. */
    public static String line(List<TransportBench.Figures> channels) {
        ObjectNode root = object();
        root.put("bytes", channels.get(0).frameBytes());
        for (TransportBench.Figures figures : channels) {
            String name = figures.channel().startsWith(TransportBench.IPC) ? "ipc" : "udp";
            transport(figures, root.putObject(figures.encrypted() ? name + "_encrypted" : name));
        }
        return root.toString();
    }

    private static void configuration(BenchSpec spec, ObjectNode root) {
        TrainingConfig training = spec.training();
        root.put("steps", spec.steps());
        root.put("warm_up_steps", spec.warmUpSteps());
        root.put("window", spec.window());
        root.put("threads", spec.cores());
        root.put("shards", training.shards());
        root.put("weight_bits", training.quantization().weightBits());
        root.put("activation_bits", training.quantization().activationBits());
        ArrayNode students = root.putArray("students");
        spec.students().forEach(bits -> students.add(bits.weightBits()));
        root.put("method", training.method().base().label());
        root.put("akt", training.method().akt());
        root.put("teacher", spec.teacher().name());
        root.put("arch", spec.teacher().architecture().name());
        root.put("classes", spec.teacher().architecture().classes());
    }

    private static void phases(BenchResult result, ObjectNode roles) {
        for (Map.Entry<PhaseLog.Key, Quantiles> entry : result.system().phases().entrySet()) {
            PhaseLog.Key key = entry.getKey();
            ObjectNode phase = roles.withObjectProperty(key.role()).putObject(key.phase().label());
            put(phase, entry.getValue());
            double flops = result.flops(key.phase());
            if (flops > 0) {
                double rate = flops / entry.getValue().median();
                put(phase, "gflops", rate / 1e9);
                put(phase, "peak_share", rate / result.peak().flopsPerSecond());
            }
        }
    }

    private static void transport(TransportBench.Figures figures, ObjectNode node) {
        node.put("frame_bytes", figures.frameBytes());
        put(node, "gb_per_s", figures.bytesPerSecond() / 1e9);
        put(node, "latency_median_s", figures.latency().median());
        put(node, "latency_p99_s", figures.latency().p99());
        node.put("frames", figures.frames());
        node.put("lost", figures.lost());
    }

    private static void put(ObjectNode node, Quantiles seconds) {
        put(node, "median_s", seconds.median());
        put(node, "p95_s", seconds.p95());
        put(node, "mean_s", seconds.mean());
        node.put("count", seconds.count());
    }

    private static void put(ObjectNode node, String name, OptionalLong value) {
        if (value.isPresent()) {
            node.put(name, value.getAsLong());
        } else {
            node.putNull(name);
        }
    }

    /** JSON has neither NaN nor infinity. */
    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
